-- What stands between us and the owner of a booking: the unpaid share, the commission kept, and what the owner owes in this
-- city and currency. It holds until commit: nobody else pays this owner meanwhile.
-- Who: payments, before it pays. Locks: the order, then its payee. Fails with: NOT_FOUND.
create or replace function ledger.payout_due(p_booking_id uuid, out unpaid bigint, out commission bigint, out owed bigint)
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order constant payments.orders := ledger.lock_order(p_booking_id);
begin
  perform from payments.payees as p where p.id = v_order.payee_id for no key update;
  select s.unpaid, s.recognised into unpaid, commission
  from ledger.standing(v_order, ledger.paying_payment(p_booking_id)) as s;
  select coalesce(sum(case e.direction when 'debit' then e.amount else -e.amount end), 0) into owed
  from ledger.ledger_entries as e
  where e.account = 'owner_receivable' and e.counterparty_id = ledger.owner_of(v_order)
    and e.city_code = v_order.city_code and e.currency = v_order.currency;
end;
$$;
comment on function ledger.payout_due(uuid) is
  'An owner''s unpaid share of a booking, its commission, and the owner''s debts, in minor units.';
revoke all on function ledger.payout_due(uuid) from public;
