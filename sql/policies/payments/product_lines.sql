-- Read by the system only.
alter table payments.product_lines enable row level security;

create policy service_reads on payments.product_lines for select to service_role using (true);
grant select on payments.product_lines to service_role;
