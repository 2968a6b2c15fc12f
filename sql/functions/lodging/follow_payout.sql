-- The owners were paid, or a payment to them came back: the reservation follows.
-- Who: on_payment_event. Locks: reservation.
create or replace function lodging.follow_payout(p_booking_id uuid, p_event text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  update lodging.reservations as r
  set status = case
        when p_event = 'paid_out' and r.status = 'payout_pending' then 'paid_out'
        when p_event = 'payout_reversed' and r.status = 'paid_out' then 'payout_pending'
        else r.status
      end,
      payout_batch_id = (select p.payout_batch_id from payments.payouts as p where p.id = r.payout_id)
  where r.id = p_booking_id
$$;
comment on function lodging.follow_payout(uuid, text) is 'Moves a reservation between payout_pending and paid_out.';
revoke all on function lodging.follow_payout(uuid, text) from public;
