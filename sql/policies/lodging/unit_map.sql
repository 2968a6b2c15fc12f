-- Shown to the public by functions. Read as rows by the system only.
alter table lodging.unit_map enable row level security;

create policy service_reads on lodging.unit_map for select to service_role using (true);
grant select on lodging.unit_map to service_role;

create trigger _110_stamp_updated before update on lodging.unit_map
  for each row execute function core.tg__stamp_updated();
