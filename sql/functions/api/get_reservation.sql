-- Who, what, fails with: lodging.get_reservation.
create or replace function api.get_reservation(p_confirmation_code text default null, p_email text default null, p_session_id text default null)
returns jsonb
language sql stable security invoker
set search_path = ''
begin atomic
  select lodging.get_reservation(p_confirmation_code, p_email, p_session_id);
end;
comment on function api.get_reservation(text, text, text) is 'A stay by its confirmation code, for who proves to be its guest by the e-mail address given or the session that booked it.';
revoke all on function api.get_reservation(text, text, text) from public;
grant execute on function api.get_reservation(text, text, text) to anon, authenticated, service_role;
