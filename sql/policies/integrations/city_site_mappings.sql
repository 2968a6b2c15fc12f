-- Read by the system only.
alter table integrations.city_site_mappings enable row level security;

create policy service_reads on integrations.city_site_mappings for select to service_role using (true);
grant select on integrations.city_site_mappings to service_role;
