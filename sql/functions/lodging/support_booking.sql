-- What support needs to know of a booking: the stay, its money, its commands, cases and messages, the newest bookings first. It is found
-- by its confirmation code, or by the e-mail address of who stays; bookings that were never paid are found by the address alone.
-- It shows who stays, so the audit log keeps who looked.
-- Who: admin, city admin, supervisor or agent, for the bookings of their cities; service_role for all. Locks: none.
-- Fails with: UNAUTHORIZED, FORBIDDEN, MISSING_REQUIRED_FIELD.
create or replace function lodging.support_booking(p_code_or_email text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_roles constant text[] := array['admin', 'city_admin', 'supervisor', 'agent'];
  v_cities constant text[] := access.staff_cities(v_roles);
  v_is_service constant boolean := access.is_service();
  v_found record;
  v_bookings jsonb := jsonb_build_array();
begin
  if v_cities = '{}' then
    perform access.require_staff(null, v_roles);
  end if;
  perform core.require('code_or_email', p_code_or_email is not null);
  for v_found in
    select o.id, o.city_code
    from payments.orders as o
    left join lodging.booking_intents as i on i.id = o.id
    left join lodging.reservations as r on r.id = o.id
    left join lodging.travelers as t on t.id = coalesce(r.traveler_id, i.traveler_id)
    where (r.confirmation_code = upper(btrim(p_code_or_email)) or t.email = lower(btrim(p_code_or_email)))
      and (v_is_service or o.city_code = any (v_cities))
    order by o.created_at desc
    limit 20
  loop
    v_bookings := v_bookings || lodging.describe_for_support(v_found.id);
    perform audit.record('booking_intent.looked_up', 'booking_intent', v_found.id, v_found.city_code);
  end loop;
  return v_bookings;
end;
$$;
comment on function lodging.support_booking(text) is 'The newest bookings, at most 20, with a confirmation code or e-mail address, and all that happened to them.';
revoke all on function lodging.support_booking(text) from public;
grant execute on function lodging.support_booking(text) to authenticated, service_role;
