-- Read by the system only.
alter table lodging.search_config enable row level security;

create policy service_reads on lodging.search_config for select to service_role using (true);
grant select on lodging.search_config to service_role;
