-- A new city sells lodging on the usual terms: the default commission, moderate cancellation.
-- Who: core, when a city is added. Locks: none.
create or replace function lodging.on_city_added(p_city_code text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  insert into lodging.commission_tiers (city_code, commission_rate, effective_from)
  values (p_city_code, core.setting('lodging.commission_rate', p_city_code)::numeric, core.today(p_city_code));

  insert into lodging.cancellation_policies
    (city_code, policy_type, free_cancellation_hours, refund_percentage_before, refund_percentage_after, description)
  values (p_city_code, 'moderate', 48, 100, 50, 'Free of charge until 48 hours before check-in; after that half is refunded.');
$$;
comment on function lodging.on_city_added(text) is 'Gives a city its commission tier and its cancellation policy.';
revoke all on function lodging.on_city_added(text) from public;
