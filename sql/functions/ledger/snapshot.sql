-- Add up the books as far as the last mark: for every account that moved since the last snapshot, what it came to by then.
-- Who: tick_snapshot. Locks: none: what lies before a mark does not change. Again: nothing.
create or replace function ledger.snapshot()
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_after constant bigint := coalesce((select max(s.up_to_seq) from ledger.snapshots as s), 0);
  v_up_to constant bigint := coalesce((select m.ledger_seq from audit.marks as m order by m.audit_seq desc limit 1), 0);
  v_changed integer;
begin
  if v_up_to <= v_after then
    return 0;
  end if;
  insert into ledger.snapshots (up_to_seq) values (v_up_to) on conflict do nothing;
  if not found then
    return 0;
  end if;

  insert into ledger.snapshot_balances (account, city_code, currency, up_to_seq, debits, credits)
  select m.account, m.city_code, m.currency, v_up_to, coalesce(s.debits, 0) + m.debits, coalesce(s.credits, 0) + m.credits
  from (
    select e.account, e.city_code, e.currency,
      coalesce(sum(e.amount) filter (where e.direction = 'debit'), 0) as debits,
      coalesce(sum(e.amount) filter (where e.direction = 'credit'), 0) as credits
    from ledger.ledger_transactions as t
    join ledger.ledger_entries as e on e.transaction_id = t.id
    where t.seq > v_after and t.seq <= v_up_to
    group by e.account, e.city_code, e.currency) as m
  left join lateral (
    select s.debits, s.credits from ledger.snapshot_balances as s
    where s.account = m.account and s.city_code = m.city_code and s.currency = m.currency and s.up_to_seq <= v_after
    order by s.up_to_seq desc
    limit 1) as s on true;
  get diagnostics v_changed = row_count;
  return v_changed;
end;
$$;
comment on function ledger.snapshot() is 'Adds up the balances that changed, as far as the last mark; returns how many.';
revoke all on function ledger.snapshot() from public;
