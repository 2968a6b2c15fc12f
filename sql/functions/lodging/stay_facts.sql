-- What messages say about a booking.
-- Who: functions of ours. Locks: none.
create or replace function lodging.stay_facts(p_booking_id uuid)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'confirmation_code', r.confirmation_code, 'first_name', t.first_name, 'property_name', p.name, 'unit_name', u.name,
    'check_in', s.check_in, 'check_in_time', to_char(p.check_in_time, 'HH24:MI'),
    'check_out', s.check_out, 'check_out_time', to_char(p.check_out_time, 'HH24:MI'),
    'nights', s.check_out - s.check_in, 'guests', coalesce(r.guests_adults + r.guests_children + r.guests_infants, i.guests_adults + i.guests_children + i.guests_infants),
    'total_amount', coalesce(r.total_amount, i.total_amount), 'currency', o.currency)
  from payments.orders as o
  left join lodging.booking_intents as i on i.id = o.id
  left join lodging.reservations as r on r.id = o.id
  join lodging.properties_map as p on p.id = o.listing_id
  join lodging.unit_map as u on u.id = coalesce(r.unit_id, i.unit_id)
  left join lodging.travelers as t on t.id = coalesce(r.traveler_id, i.traveler_id)
  cross join lateral (select coalesce(r.check_in, i.check_in) as check_in, coalesce(r.check_out, i.check_out) as check_out) as s
  where o.id = p_booking_id
$$;
comment on function lodging.stay_facts(uuid) is 'The facts of a booking for message templates; amounts in minor units.';
revoke all on function lodging.stay_facts(uuid) from public;
