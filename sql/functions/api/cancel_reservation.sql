-- Cancel a stay before arrival: see lodging.cancel_reservation.
create or replace function api.cancel_reservation(
  p_reservation_id uuid default null, p_session_id text default null, p_reason text default null, p_force boolean default false)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select lodging.cancel_reservation(p_reservation_id, p_session_id, p_reason, p_force);
end;
comment on function api.cancel_reservation(uuid, text, text, boolean) is
  'Cancels a stay by its policy and returns what is refunded, in minor units; or says that it is rejected.';
revoke all on function api.cancel_reservation(uuid, text, text, boolean) from public;
grant execute on function api.cancel_reservation(uuid, text, text, boolean) to anon, authenticated, service_role;
