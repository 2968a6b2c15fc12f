-- Guests and customers see their own reservations, owners those of their properties, staff those of their cities; errors of the Host stay inside.
alter table lodging.reservations enable row level security;

create policy service_reads on lodging.reservations for select to service_role using (true);
grant select on lodging.reservations to service_role;

create policy customers_read_their_own on lodging.reservations for select to authenticated
  using (id = any ((select lodging.own_bookings())::uuid[]));
create policy owners_read_their_properties on lodging.reservations for select to authenticated
  using (property_id = any ((select lodging.owned_properties())::uuid[]));
create policy staff_read_their_city on lodging.reservations for select to authenticated
  using (city_code = any ((select access.city_codes())::text[]));
create policy guests_read_their_own on lodging.reservations for select to anon
  using (id = any ((select lodging.own_bookings())::uuid[]));
grant select (id, confirmation_code, city_code, property_id, unit_id, check_in, check_out, guests_adults, guests_children,
    guests_infants, total_amount, currency, status, payment_status, cancellation_reason, booked_at)
  on lodging.reservations to anon, authenticated;

create trigger _100_stamp_status before update of status on lodging.reservations
  for each row when (old.status is distinct from new.status) execute function core.tg__stamp_status();
create trigger _110_stamp_updated before update on lodging.reservations
  for each row execute function core.tg__stamp_updated();
create trigger _300_guard_transition before insert or update of status on lodging.reservations
  for each row execute function core.tg__enforce_transition('reservation', 'status');
create trigger _310_guard_payment_status before insert or update of payment_status on lodging.reservations
  for each row execute function core.tg__enforce_transition('reservation_payment', 'payment_status');
create trigger _320_guard_host_commit_status before insert or update of host_commit_status on lodging.reservations
  for each row execute function core.tg__enforce_transition('host_commit', 'host_commit_status');
create trigger _500_end_silence after update of status on lodging.reservations
  for each row when (old.status in ('checkin_pending', 'checked_in') and new.status <> old.status)
  execute function lodging.tg_reservations__end_silence();
create trigger _900_record after insert or update or delete on lodging.reservations
  for each row execute function audit.tg__record('reservation');
create trigger _910_announce_host_commit after update of host_commit_status on lodging.reservations
  for each row when (old.host_commit_status = 'pending' and new.host_commit_status = 'committed')
  execute function core.tg__announce('host_commit_succeeded');
create trigger _910_announce_host_failure after update of status on lodging.reservations
  for each row when (old.status <> 'host_commit_failed' and new.status = 'host_commit_failed')
  execute function core.tg__announce('host_commit_failed');
create trigger _920_announce_confirmation after update of status on lodging.reservations
  for each row when (old.status = 'host_commit_pending' and new.status = 'confirmed')
  execute function core.tg__announce('reservation_confirmed');
create trigger _920_announce_departure after update of status on lodging.reservations
  for each row when (old.status <> 'checked_out' and new.status = 'checked_out')
  execute function core.tg__announce('checkout_completed');
-- Deferred, so that it is known what goes back to the guest.
create constraint trigger _930_announce_cancellation after update of status on lodging.reservations
  deferrable initially deferred
  for each row when (old.status <> 'cancelled' and new.status = 'cancelled')
  execute function core.tg__announce('reservation_cancelled');
