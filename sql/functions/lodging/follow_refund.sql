-- Money goes back, by a refund or a dispute: of a refund the guest is told, and the reservation follows where it was waiting for that.
-- What comes back may have to be shared out. A refund of an active stay, or after the payout, leaves its status alone.
-- Who: on_payment_event, refund_in_full, follow_dispute, which hold the order. Locks: reservation.
create or replace function lodging.follow_refund(p_booking_id uuid, p_event text, p_payment_id uuid)
returns void
language sql volatile security definer
set search_path = ''
as $$
  select lodging.notify_guest('refund_notice', p_booking_id, f.id::text,
    jsonb_build_object('refund', jsonb_build_object('amount', f.amount, 'currency', f.currency)))
  from payments.refunds as f
  where f.payment_id = p_payment_id and f.status = 'pending' and p_event = 'refund_requested';

  update lodging.reservations as r
  set has_open_share = r.has_open_share or p_event in ('refund_failed', 'dispute_closed'),
      payment_status = case
        when p.refunded_amount + p.lost_amount = 0 then 'paid'
        when p.refunded_amount + p.lost_amount < p.amount_captured then 'partial'
        else 'refunded'
      end::lodging.reservation_payment_status,
      status = case
        when p_event = 'refund_requested' and (
          r.status in ('host_commit_failed', 'cancelled', 'refund_failed')
          or (r.status in ('completed', 'payout_pending') and p.refund_amount + p.lost_amount >= p.amount_captured))
          then 'refund_pending'
        when p_event = 'refund_completed' and r.status = 'refund_pending' and p.refunded_amount = p.refund_amount then 'refunded'
        when p_event = 'dispute_closed' and r.status = 'payout_pending' and p.refunded_amount + p.lost_amount = p.amount_captured
          then 'refunded'
        when p_event = 'refund_failed' and r.status in ('refund_pending', 'refunded') then 'refund_failed'
        else r.status
      end
  from payments.payments as p
  where r.id = p_booking_id and p.id = p_payment_id and p.booking_id = r.id
$$;
comment on function lodging.follow_refund(uuid, text, uuid) is 'Updates the payment status of a reservation and, on its way to be refunded, its status.';
revoke all on function lodging.follow_refund(uuid, text, uuid) from public;
