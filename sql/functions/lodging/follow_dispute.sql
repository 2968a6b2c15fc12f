-- A dispute has ended. If all of the money is lost, a share that was not paid out yet is lost with it, and a refund that failed is
-- over. A refund that had to wait is requested now. Any other status stays.
-- Who: on_payment_event, which holds the order. Locks: reservation, payment.
create or replace function lodging.follow_dispute(p_booking_id uuid, p_payment_id uuid)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_waiting jsonb;
begin
  perform lodging.follow_refund(p_booking_id, 'dispute_closed', p_payment_id);
  perform lodging.follow_refund(p_booking_id, e.event, p_payment_id)
  from unnest(array['refund_requested', 'refund_completed']) as e (event)
  where exists (
    select from lodging.reservations as r
    join payments.payments as p on p.booking_id = r.id
    where r.id = p_booking_id and r.status = 'refund_failed'
      and p.id = p_payment_id and p.refunded_amount + p.lost_amount = p.amount_captured);

  select x.detail into v_waiting
  from core.exceptions as x
  where x.kind = 'refund_waits_for_dispute' and x.booking_id = p_booking_id and x.resolved_at is null;
  if found then
    perform core.resolve_exceptions('refund_waits_for_dispute', p_booking_id, v_waiting, 'the dispute is over');
    perform lodging.refund_in_full(r,
      case r.status when 'host_commit_failed' then 'host_commit_failed' else 'admin_override' end::payments.refund_reason,
      v_waiting ->> 'reason')
    from lodging.reservations as r where r.id = p_booking_id;
  end if;
end;
$$;
comment on function lodging.follow_dispute(uuid, uuid) is 'Brings a reservation to where the end of a dispute leaves it.';
revoke all on function lodging.follow_dispute(uuid, uuid) from public;
