-- Whether the guest of a reservation was there. Who was asked for a review was, also where the money went back afterwards.
-- Who: functions of ours. Locks: none.
create or replace function lodging.has_stayed(p_reservation lodging.reservations)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select p_reservation.status in ('checked_out', 'completed', 'payout_pending', 'paid_out')
    or exists (select from lodging.review_invitations as v where v.reservation_id = p_reservation.id)
$$;
comment on function lodging.has_stayed(lodging.reservations) is 'Whether a stay has taken place.';
revoke all on function lodging.has_stayed(lodging.reservations) from public;
