-- Customers and guests see the refunds of their own orders, staff those of their cities.
alter table payments.refunds enable row level security;

create policy service_reads on payments.refunds for select to service_role using (true);
grant select on payments.refunds to service_role;

create policy customers_read_their_own on payments.refunds for select to authenticated
  using (
    city_code = any ((select access.city_codes())::text[])
    or booking_id in (
      select o.id from payments.orders as o
      where o.customer_subject = (select access.subject()) or o.session_hash = (select access.guest_session())));
create policy guests_read_their_own on payments.refunds for select to anon
  using (booking_id in (select o.id from payments.orders as o where o.session_hash = (select access.guest_session())));
grant select (id, payment_id, booking_id, city_code, amount, currency, reason, reason_details, gateway_refund_id, status, requested_at, processed_at)
  on payments.refunds to authenticated, anon;

create trigger _300_guard_lock before insert or delete or update of status, amount, gateway_refund_id on payments.refunds
  for each row execute function payments.tg__lock_payment();
create trigger _310_guard_transition before insert or update of status on payments.refunds
  for each row execute function core.tg__enforce_transition('refund', 'status');
create trigger _500_effect_payment after insert or delete or update of status, amount, gateway_refund_id on payments.refunds
  for each row execute function payments.tg__refresh_payment();
create trigger _900_record after insert or update or delete on payments.refunds
  for each row execute function audit.tg__record('refund');
create trigger _910_announce_start after insert on payments.refunds
  for each row execute function core.tg__announce('refund_initiated');
create trigger _910_announce_success after update of status on payments.refunds
  for each row when (old.status <> 'completed' and new.status = 'completed') execute function core.tg__announce('refund_succeeded');
