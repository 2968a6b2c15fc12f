-- The refund terms of a stay: those of its rate plan, else of the property, else of the city.
-- Who: functions of ours. Locks: none.
create or replace function lodging.cancellation_policy(p_city_code text, p_property_id uuid, p_rate_plan_id uuid default null)
returns lodging.cancellation_policies
language sql stable security definer
set search_path = ''
as $$
  select c
  from lodging.cancellation_policies as c
  left join lodging.rate_plans as r on r.id = p_rate_plan_id and r.cancellation_policy_id = c.id
  where c.city_code = p_city_code and c.is_active
    and (r.id is not null or c.property_id is null or c.property_id = p_property_id)
  order by r.id nulls last, c.property_id nulls last
  limit 1
$$;
comment on function lodging.cancellation_policy(text, uuid, uuid) is 'The cancellation policy that applies to a stay sold now.';
revoke all on function lodging.cancellation_policy(text, uuid, uuid) from public;
