-- Make the reservation of a paid intent: see lodging.finalize_reservation.
create or replace function api.finalize_reservation(
  p_booking_intent_id uuid default null, p_payment_id uuid default null, p_payment_status text default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select lodging.finalize_reservation(p_booking_intent_id, p_payment_id, p_payment_status);
end;
comment on function api.finalize_reservation(uuid, uuid, text) is
  'Turns a paid intent into a reservation and returns it; idempotent.';
revoke all on function api.finalize_reservation(uuid, uuid, text) from public;
grant execute on function api.finalize_reservation(uuid, uuid, text) to service_role;
