-- Add up the books as far as the last mark: for every account that moved since the last snapshot, what it came to by then.
-- Who: tick_snapshot. Locks: none: what lies before a mark does not change. Again: nothing.
create or replace function ledger.snapshot()
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_after constant bigint := coalesce((select max(s.up_to_seq) from ledger.snapshots as s), 0);
  v_up_to constant bigint := (select m.ledger_seq from audit.marks as m order by m.audit_seq desc limit 1);
  v_taken integer;
begin
  insert into ledger.snapshots (city_code, currency, account, up_to_seq, debits, credits)
  select m.city_code, m.currency, m.account, v_up_to,
    coalesce(s.debits, 0) + m.debits, coalesce(s.credits, 0) + m.credits
  from (
    select e.city_code, e.currency, e.account,
      coalesce(sum(e.amount) filter (where e.direction = 'debit'), 0) as debits,
      coalesce(sum(e.amount) filter (where e.direction = 'credit'), 0) as credits
    from ledger.ledger_transactions as t
    join ledger.ledger_entries as e on e.transaction_id = t.id
    where t.seq > v_after and t.seq <= v_up_to
    group by e.city_code, e.currency, e.account) as m
  left join lateral (
    select s.debits, s.credits from ledger.snapshots as s
    where s.city_code = m.city_code and s.currency = m.currency and s.account = m.account and s.up_to_seq <= v_after
    order by s.up_to_seq desc
    limit 1) as s on true
  on conflict do nothing;
  get diagnostics v_taken = row_count;
  return v_taken;
end;
$$;
comment on function ledger.snapshot() is 'Takes snapshots of the balances that changed, up to the last mark; returns how many.';
revoke all on function ledger.snapshot() from public;
