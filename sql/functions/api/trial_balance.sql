-- Who, what, fails with: ledger.trial_balance.
create or replace function api.trial_balance(p_city_code text default null)
returns jsonb
language sql stable security invoker
set search_path = ''
begin atomic
  select ledger.trial_balance(p_city_code);
end;
comment on function api.trial_balance(text) is
  'Debits, credits and balance of every account, per city and currency. Staff see their cities.';
revoke all on function api.trial_balance(text) from public;
grant execute on function api.trial_balance(text) to authenticated, service_role;
