-- Check every rule of the books over the whole of them.
-- Who: the system. Locks: none. Fails with: FORBIDDEN.
create or replace function ledger.verify()
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform access.require_service();
  return (
    with signed as (
      select e.*, case e.direction when 'debit' then e.amount else -e.amount end as debit
      from ledger.ledger_entries as e
    ), by_booking as (
      select s.booking_id, s.account, s.currency, sum(s.debit) as balance
      from signed as s
      where s.booking_id is not null
      group by s.booking_id, s.account, s.currency
    ), violations (rule, subject) as (
      select 'a transaction balances in each currency',
        jsonb_build_object('transaction_id', s.transaction_id, 'currency', s.currency, 'difference', sum(s.debit))
      from signed as s
      group by s.transaction_id, s.currency
      having sum(s.debit) <> 0
      union all
      select 'a transaction has at least two entries', jsonb_build_object('transaction_id', t.id)
      from ledger.ledger_transactions as t
      where (select count(*) from ledger.ledger_entries as e where e.transaction_id = t.id) < 2
      union all
      select 'an entry is of the place, city and booking of its transaction', jsonb_build_object('entry_id', e.id)
      from ledger.ledger_entries as e
      left join ledger.ledger_transactions as t on t.id = e.transaction_id
      where (t.seq = e.seq and t.city_code = e.city_code and t.booking_id is not distinct from e.booking_id) is not true
      union all
      select 'the books of a city balance in each currency',
        jsonb_build_object('city_code', s.city_code, 'currency', s.currency, 'difference', sum(s.debit))
      from signed as s
      group by s.city_code, s.currency
      having sum(s.debit) <> 0
      union all
      select 'what is held, owed or earned for a booking is never negative', to_jsonb(b)
      from by_booking as b
      where b.balance > 0
        and b.account in ('customer_deposits', 'refunds_payable', 'payouts_receivable', 'gateway_fees_receivable', 'commission_revenue')
      union all
      select 'losses of a booking are never negative', to_jsonb(b)
      from by_booking as b
      where b.balance < 0 and b.account = 'dispute_losses'
      union all
      select 'commission does not rest on its way to revenue', to_jsonb(b)
      from by_booking as b
      where b.balance <> 0 and b.account = 'commissions_payable'
      union all
      select 'no owner has a negative debt',
        jsonb_build_object('counterparty_id', s.counterparty_id, 'currency', s.currency, 'balance', sum(s.debit))
      from signed as s
      where s.account = 'owner_receivable'
      group by s.counterparty_id, s.city_code, s.currency
      having sum(s.debit) < 0
      union all
      select 'no wallet, and no price of its credits, is negative',
        jsonb_build_object('counterparty_id', s.counterparty_id, 'account', s.account, 'currency', s.currency, 'balance', sum(s.debit))
      from signed as s
      where s.account in ('wallet', 'credits_liability')
      group by s.counterparty_id, s.account, s.currency
      having sum(s.debit) > 0
      union all
      select 'a snapshot is the one before it and what was posted since', to_jsonb(s)
      from (
        select s.*,
          lag(s.up_to_seq, 1, 0::bigint) over w as after_seq,
          s.debits - lag(s.debits, 1, 0::bigint) over w as debited,
          s.credits - lag(s.credits, 1, 0::bigint) over w as credited
        from ledger.snapshot_balances as s
        window w as (partition by s.account, s.city_code, s.currency order by s.up_to_seq)) as s
      cross join lateral (
        select
          coalesce(sum(e.amount) filter (where e.direction = 'debit'), 0) as debited,
          coalesce(sum(e.amount) filter (where e.direction = 'credit'), 0) as credited
        from ledger.ledger_entries as e
        where e.account = s.account and e.city_code = s.city_code and e.currency = s.currency
          and e.seq > s.after_seq and e.seq <= s.up_to_seq) as posted
      where s.debited <> posted.debited or s.credited <> posted.credited
      union all
      select 'what was posted before the last snapshots is in one',
        jsonb_build_object('city_code', p.city_code, 'currency', p.currency, 'account', p.account, 'seq', p.seq)
      from (
        select s.city_code, s.currency, s.account, max(s.seq) as seq
        from signed as s
        where s.seq <= (select max(s.up_to_seq) from ledger.snapshots as s)
        group by s.city_code, s.currency, s.account) as p
      where not exists (
        select from ledger.snapshot_balances as s
        where s.account = p.account and s.city_code = p.city_code and s.currency = p.currency and s.up_to_seq >= p.seq)
    )
    select jsonb_build_object(
      'ok', count(*) = 0,
      'transactions', (select count(*) from ledger.ledger_transactions),
      'entries', (select count(*) from ledger.ledger_entries),
      'violations', coalesce(jsonb_agg(jsonb_build_object('rule', v.rule) || v.subject), '[]'))
    from violations as v);
end;
$$;
comment on function ledger.verify() is
  'Whether every rule of the books holds, how much was checked, and each violation.';
revoke all on function ledger.verify() from public;
grant execute on function ledger.verify() to service_role;
