-- Who, what, fails with: ledger.statement.
create or replace function api.ledger_statement(
  p_account text, p_city_code text, p_currency text, p_from timestamptz default null, p_to timestamptz default null,
  p_limit integer default 100, p_after uuid default null)
returns jsonb
language sql stable security invoker
set search_path = ''
begin atomic
  select ledger.statement(p_account, p_city_code, p_currency, p_from, p_to, p_limit, p_after);
end;
comment on function api.ledger_statement(text, text, text, timestamptz, timestamptz, integer, uuid) is
  'A page of an account''s entries with running balance, for staff of the city. p_after is next_after of the page before.';
revoke all on function api.ledger_statement(text, text, text, timestamptz, timestamptz, integer, uuid) from public;
grant execute on function api.ledger_statement(text, text, text, timestamptz, timestamptz, integer, uuid) to authenticated, service_role;
