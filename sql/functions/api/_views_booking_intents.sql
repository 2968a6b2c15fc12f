-- Intents of the caller, or of the cities of staff.
create or replace view api.booking_intents with (security_invoker = true) as
select i.id, i.city_code, i.property_id, i.unit_id, i.check_in, i.check_out, i.nights,
  i.guests_adults, i.guests_children, i.guests_infants, i.base_price, i.taxes, i.fees, i.discount_amount, i.total_amount, i.currency,
  i.status::text as status, i.expires_at, i.reservation_id, i.created_at
from lodging.booking_intents as i;
comment on view api.booking_intents is 'Stays on their way to be paid: one''s own, or those of one''s cities. Amounts in minor units.';
revoke all on api.booking_intents from public, anon, authenticated, service_role;
grant select on api.booking_intents to anon, authenticated, service_role;
