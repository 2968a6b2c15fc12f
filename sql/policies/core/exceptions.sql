-- Staff see the cases of their cities.
alter table core.exceptions enable row level security;

create policy service_reads on core.exceptions for select to service_role using (true);
grant select on core.exceptions to service_role;

create policy staff_read_their_city on core.exceptions for select to authenticated
  using (city_code = any ((select access.city_codes())::text[]));
grant select (id, kind, city_code, booking_id, detail, opened_at, resolved_at, resolved_by, resolution)
  on core.exceptions to authenticated;

create trigger _900_record after insert or update or delete on core.exceptions
  for each row execute function audit.tg__record('exception');
