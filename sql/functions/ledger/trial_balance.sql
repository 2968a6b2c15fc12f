-- Every account's debits, credits and balance, per city and currency, and whether the books balance.
-- Who: staff of the city; the system. Without a city: all cities the caller is staff of. Locks: none.
-- Fails with: UNAUTHORIZED, FORBIDDEN.
create or replace function ledger.trial_balance(p_city_code text default null)
returns jsonb
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_cities text[];
  v_last_snapshot constant bigint := coalesce((select max(s.up_to_seq) from ledger.snapshots as s), 0);
begin
  if p_city_code is not null then
    perform access.require_staff(p_city_code, array['admin', 'city_admin', 'supervisor', 'agent']);
    v_cities := array[p_city_code];
  elsif access.is_service() then
    v_cities := array(select c.code from core.cities as c);
  else
    v_cities := access.city_codes();
    if v_cities = '{}' then
      perform core.raise(case when access.subject() is null then 'UNAUTHORIZED' else 'FORBIDDEN' end);
    end if;
  end if;

  return (
    with moved as (
      select s.city_code, s.currency, s.account, s.debits, s.credits
      from core.cities as c
      cross join core.currencies as u
      cross join ledger.ledger_accounts as a
      cross join lateral (
        select * from ledger.snapshot_balances as s
        where s.account = a.account and s.city_code = c.code and s.currency = u.code
        order by s.up_to_seq desc
        limit 1) as s
      where c.code = any (v_cities)
      union all
      select e.city_code, e.currency, e.account,
        case e.direction when 'debit' then e.amount else 0 end, case e.direction when 'credit' then e.amount else 0 end
      from ledger.ledger_transactions as t
      join ledger.ledger_entries as e on e.transaction_id = t.id
      where t.city_code = any (v_cities) and t.seq > v_last_snapshot
    ), accounts as (
      select m.city_code, m.currency, m.account, a.class, sum(m.debits) as debits, sum(m.credits) as credits
      from moved as m
      join ledger.ledger_accounts as a on a.account = m.account
      group by m.city_code, m.currency, m.account, a.class
    ), totals as (
      select a.city_code, a.currency, sum(a.debits) as debits, sum(a.credits) as credits
      from accounts as a
      group by a.city_code, a.currency
    )
    select jsonb_build_object(
      'accounts', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'city_code', a.city_code, 'currency', a.currency, 'account', a.account, 'class', a.class,
          'debits', a.debits, 'credits', a.credits, 'balance', a.debits - a.credits)
          order by a.city_code, a.currency, a.account), '[]')
        from accounts as a),
      'totals', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'city_code', t.city_code, 'currency', t.currency, 'debits', t.debits, 'credits', t.credits,
          'difference', t.debits - t.credits)
          order by t.city_code, t.currency), '[]')
        from totals as t),
      'balanced', not exists (select from totals as t where t.debits <> t.credits)));
end;
$$;
comment on function ledger.trial_balance(text) is
  'Debits, credits and balance (debits less credits) of every account, their totals per city and currency, and whether they agree.';
revoke all on function ledger.trial_balance(text) from public;
grant execute on function ledger.trial_balance(text) to authenticated, service_role;
