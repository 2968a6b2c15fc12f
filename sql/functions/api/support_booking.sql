-- Look a booking up for its guest: see lodging.support_booking.
create or replace function api.support_booking(p_code_or_email text default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select lodging.support_booking(p_code_or_email);
end;
comment on function api.support_booking(text) is 'The newest bookings, at most 20, with a confirmation code or e-mail address, and all that happened to them.';
revoke all on function api.support_booking(text) from public;
grant execute on function api.support_booking(text) to authenticated, service_role;
