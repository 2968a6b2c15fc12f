-- Customers and guests see their own orders, staff those of their cities.
alter table payments.orders enable row level security;

create policy service_reads on payments.orders for select to service_role using (true);
grant select on payments.orders to service_role;

create policy customers_read_their_own on payments.orders for select to authenticated
  using (
    customer_subject = (select access.subject())
    or session_hash = (select access.guest_session())
    or city_code = any ((select access.city_codes())::text[]));
create policy guests_read_their_own on payments.orders for select to anon
  using (session_hash = (select access.guest_session()));
grant select (id, product_line, listing_id, payee_id, customer_subject, session_hash, city_code, amount, platform_fee, currency,
  description, policy_snapshot, created_at)
  on payments.orders to authenticated, anon;

create trigger _900_record after insert or update or delete on payments.orders
  for each row execute function audit.tg__record('order');
