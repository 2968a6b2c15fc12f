-- Guests and customers see their own intents, staff those of their cities; never the hold token, session or address.
alter table lodging.booking_intents enable row level security;

create policy service_reads on lodging.booking_intents for select to service_role using (true);
grant select on lodging.booking_intents to service_role;

create policy customers_read_their_own on lodging.booking_intents for select to authenticated
  using (id = any ((select lodging.own_bookings())::uuid[]));
create policy staff_read_their_city on lodging.booking_intents for select to authenticated
  using (city_code = any ((select access.city_codes())::text[]));
create policy guests_read_their_own on lodging.booking_intents for select to anon
  using (id = any ((select lodging.own_bookings())::uuid[]));
grant select (id, city_code, property_id, unit_id, check_in, check_out, nights, guests_adults, guests_children, guests_infants,
    base_price, taxes, fees, discount_amount, total_amount, currency, status, expires_at, reservation_id, created_at)
  on lodging.booking_intents to anon, authenticated;

create trigger _100_stamp_status before update of status on lodging.booking_intents
  for each row when (old.status is distinct from new.status) execute function core.tg__stamp_status();
create trigger _300_guard_transition before insert or update of status on lodging.booking_intents
  for each row execute function core.tg__enforce_transition('booking_intent', 'status');
create trigger _900_record after insert or update or delete on lodging.booking_intents
  for each row execute function audit.tg__record('booking_intent');
create trigger _910_announce after insert on lodging.booking_intents
  for each row execute function core.tg__announce('booking_intent_created');
