-- Read by the system and by the staff of the city.
alter table services.vendor_payables enable row level security;

create policy service_reads on services.vendor_payables for select to service_role using (true);
create policy staff_read_their_city on services.vendor_payables for select to authenticated
  using (city_code = any ((select access.city_codes())::text[]));
grant select on services.vendor_payables to service_role, authenticated;

create trigger _900_record after insert or update or delete on services.vendor_payables
  for each row execute function audit.tg__record('vendor_payable');
