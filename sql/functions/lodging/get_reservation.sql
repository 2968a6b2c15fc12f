-- A stay as its guest sees it, by its confirmation code and a proof: the e-mail address of who stays, or the session or account that
-- booked it. The code alone proves nothing; without a proof, or with a wrong one, there is no such stay.
-- Who: everybody. Locks: none. Fails with: MISSING_REQUIRED_FIELD, NOT_FOUND, as access.session_hash.
create or replace function lodging.get_reservation(p_confirmation_code text, p_email text, p_session_id text)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_reservation jsonb;
begin
  perform core.require('confirmation_code', p_confirmation_code is not null);
  select jsonb_build_object(
    'reservation_id', r.id, 'confirmation_code', r.confirmation_code, 'city_code', r.city_code,
    'status', r.status, 'payment_status', r.payment_status, 'cancellation_reason', r.cancellation_reason,
    'property', jsonb_build_object('id', p.id, 'slug', p.slug, 'name', p.name, 'address', p.address),
    'unit', jsonb_build_object('id', u.id, 'name', u.name),
    'check_in', r.check_in, 'check_in_time', to_char(p.check_in_time, 'HH24:MI'),
    'check_out', r.check_out, 'check_out_time', to_char(p.check_out_time, 'HH24:MI'), 'timezone', c.timezone,
    'guests', jsonb_build_object('adults', r.guests_adults, 'children', r.guests_children, 'infants', r.guests_infants),
    'total_amount', r.total_amount, 'currency', r.currency,
    'refunded_amount', (select coalesce(sum(m.refunded_amount), 0) from payments.payments as m where m.booking_id = r.id and not m.is_surplus),
    'booked_at', r.booked_at)
  into v_reservation
  from lodging.reservations as r
  join payments.orders as o on o.id = r.id
  join lodging.properties_map as p on p.id = r.property_id
  join lodging.unit_map as u on u.id = r.unit_id
  join core.cities as c on c.code = r.city_code
  left join lodging.travelers as t on t.id = r.traveler_id
  where r.confirmation_code = upper(btrim(p_confirmation_code))
    and (t.email = lower(btrim(p_email)) or access.owns(o.customer_subject, o.session_hash, p_session_id));
  if not found then
    perform core.raise('NOT_FOUND', jsonb_build_object('confirmation_code', p_confirmation_code));
  end if;
  return v_reservation;
end;
$$;
comment on function lodging.get_reservation(text, text, text) is 'A stay by its confirmation code, for who proves to be its guest; amounts in minor units.';
revoke all on function lodging.get_reservation(text, text, text) from public;
grant execute on function lodging.get_reservation(text, text, text) to anon, authenticated, service_role;
