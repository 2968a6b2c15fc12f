-- Shown to the public by functions, which choose what is published. Read as rows by the system only.
alter table lodging.properties_map enable row level security;

create policy service_reads on lodging.properties_map for select to service_role using (true);
grant select on lodging.properties_map to service_role;

create trigger _110_stamp_updated before update on lodging.properties_map
  for each row execute function core.tg__stamp_updated();
create trigger _900_record after insert or update or delete on lodging.properties_map
  for each row execute function audit.tg__record('property');
