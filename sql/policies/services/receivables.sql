-- Read by the system and by the staff of the city.
alter table services.receivables enable row level security;

create policy service_reads on services.receivables for select to service_role using (true);
create policy staff_read_their_city on services.receivables for select to authenticated
  using (city_code = any ((select access.city_codes())::text[]));
grant select on services.receivables to service_role, authenticated;

create trigger _900_record after insert or update or delete on services.receivables
  for each row execute function audit.tg__record('receivable');
