-- Read by the system only.
alter table lodging.rate_plan_prices enable row level security;

create policy service_reads on lodging.rate_plan_prices for select to service_role using (true);
grant select on lodging.rate_plan_prices to service_role;
