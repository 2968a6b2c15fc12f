-- Read by the system and by the staff of the city.
alter table services.service_catalog enable row level security;

create policy service_reads on services.service_catalog for select to service_role using (true);
create policy staff_read_their_city on services.service_catalog for select to authenticated
  using (city_code = any ((select access.city_codes())::text[]));
grant select on services.service_catalog to service_role, authenticated;
