-- The marketplace's share of a stay sold today: the property's own tier, else the city's.
-- Who: functions of ours. Locks: none.
create or replace function lodging.commission_rate(p_city_code text, p_property_id uuid)
returns numeric
language sql volatile security definer
set search_path = ''
as $$
  select coalesce(
    (select t.commission_rate
     from lodging.commission_tiers as t
     where t.city_code = p_city_code and t.is_active and t.owner_id is null and t.min_properties is null
       and (t.property_id is null or t.property_id = p_property_id)
       and (select core.today(p_city_code)) between t.effective_from and coalesce(t.effective_to, 'infinity')
     order by t.property_id nulls last, t.effective_from desc
     limit 1),
    core.setting('lodging.commission_rate', p_city_code)::numeric)
$$;
comment on function lodging.commission_rate(text, uuid) is 'Commission rate of a property today, by the city''s calendar.';
revoke all on function lodging.commission_rate(text, uuid) from public;
