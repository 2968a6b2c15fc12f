-- Read by the system only.
alter table lodging.rate_plans enable row level security;

create policy service_reads on lodging.rate_plans for select to service_role using (true);
grant select on lodging.rate_plans to service_role;
