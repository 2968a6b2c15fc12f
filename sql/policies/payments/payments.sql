-- Customers and guests see the payments of their own orders, staff those of their cities; never what the provider answered.
alter table payments.payments enable row level security;

create policy service_reads on payments.payments for select to service_role using (true);
grant select on payments.payments to service_role;

create policy customers_read_their_own on payments.payments for select to authenticated
  using (
    city_code = any ((select access.city_codes())::text[])
    or booking_id in (
      select o.id from payments.orders as o
      where o.customer_subject = (select access.subject()) or o.session_hash = (select access.guest_session())));
create policy guests_read_their_own on payments.payments for select to anon
  using (booking_id in (select o.id from payments.orders as o where o.session_hash = (select access.guest_session())));
grant select (id, booking_id, city_code, method, provider, status, status_changed_at, amount, currency, amount_authorized, amount_captured,
  refund_amount, refunded_amount, is_surplus, attempt_no, gateway_payment_intent_id, stripe_payment_intent_id, description, failure_code,
  failure_message, created_at, updated_at, processed_at, refunded_at)
  on payments.payments to authenticated, anon;

create trigger _100_stamp_status before update of status on payments.payments
  for each row when (old.status is distinct from new.status) execute function core.tg__stamp_status();
create trigger _110_stamp_updated before update on payments.payments
  for each row execute function core.tg__stamp_updated();
create trigger _300_guard_transition before insert or update of status on payments.payments
  for each row execute function core.tg__enforce_transition('payment', 'status');
create trigger _900_record after insert or update or delete on payments.payments
  for each row execute function audit.tg__record('payment');
create trigger _910_announce_start after insert on payments.payments
  for each row execute function core.tg__announce('payment_started');
create trigger _910_announce_next_start after update of status on payments.payments
  for each row when (old.status = 'failed' and new.status = 'pending') execute function core.tg__announce('payment_started');
create trigger _920_announce_success after update of amount_captured on payments.payments
  for each row when (old.amount_captured = 0 and new.amount_captured > 0) execute function core.tg__announce('payment_succeeded');
