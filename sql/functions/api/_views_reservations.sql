-- Reservations of the caller, of the properties he owns, or of the cities of staff.
create or replace view api.reservations with (security_invoker = true) as
select r.id, r.confirmation_code, r.city_code, r.property_id, r.unit_id, r.check_in, r.check_out,
  r.guests_adults, r.guests_children, r.guests_infants, r.total_amount, r.currency,
  r.status::text as status, r.payment_status::text as payment_status, r.cancellation_reason, r.booked_at
from lodging.reservations as r;
comment on view api.reservations is 'Stays that are booked: one''s own, those at one''s properties, or those of one''s cities. Amounts in minor units.';
revoke all on api.reservations from public, anon, authenticated, service_role;
grant select on api.reservations to anon, authenticated, service_role;
