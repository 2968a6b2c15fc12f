-- Read by the system only; every change is recorded.
alter table core.settings enable row level security;

create policy service_reads on core.settings for select to service_role using (true);
grant select on core.settings to service_role;

create trigger _110_stamp_updated before update on core.settings
  for each row execute function core.tg__stamp_updated();
create trigger _900_record after insert or update or delete on core.settings
  for each row execute function audit.tg__record('setting');
