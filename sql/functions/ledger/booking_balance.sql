-- The balance of an account for one booking, in the currency of its order.
-- Who: functions of ours. Locks: none; whoever decides by it holds the order.
create or replace function ledger.booking_balance(p_booking_id uuid, p_account ledger.ledger_account)
returns bigint
language sql stable security definer
set search_path = ''
as $$
  select coalesce(sum(case e.direction when 'debit' then e.amount else -e.amount end), 0)::bigint
  from ledger.ledger_entries as e
  join payments.orders as o on o.id = e.booking_id and o.currency = e.currency
  where e.booking_id = p_booking_id and e.account = p_account
$$;
comment on function ledger.booking_balance(uuid, ledger.ledger_account) is
  'Debits less credits of an account for one booking, in minor units of the order''s currency.';
revoke all on function ledger.booking_balance(uuid, ledger.ledger_account) from public;
