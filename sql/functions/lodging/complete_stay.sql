-- The stay is over: it is completed, and the owner's share falls due. While a failed refund waits for somebody it does not; where
-- nothing is left to share, the stay just stays completed. It may be the turn of a stay again whose money came back later; one
-- whose refund was given up goes back to where it had ended.
-- Who: tick_complete_stays, which holds the order. Locks: reservation.
create or replace function lodging.complete_stay(p_reservation_id uuid)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_reservation constant lodging.reservations := lodging.lock_reservation(p_reservation_id);
begin
  if v_reservation.status = 'checked_out' then
    update lodging.reservations as r
    set status = 'completed', payout_eligible_at = core.now(), has_open_share = true
    where r.id = p_reservation_id;
  elsif not v_reservation.has_open_share
    or v_reservation.status not in ('completed', 'payout_pending', 'paid_out', 'cancelled', 'refund_failed', 'refunded')
  then
    return false;
  end if;
  if not payments.awaits_refund(p_reservation_id) then
    update lodging.reservations as r
    set status = case when r.cancellation_reason is null and r.host_commit_failed_at is null then 'completed' else 'cancelled' end
      ::lodging.reservation_status
    where r.id = p_reservation_id and r.status = 'refund_failed';
    perform lodging.release_owner_share(p_reservation_id);
  end if;
  return true;
end;
$$;
comment on function lodging.complete_stay(uuid) is 'Completes a stay whose guest has left and releases the owner''s share; returns whether it was its turn.';
revoke all on function lodging.complete_stay(uuid) from public;
