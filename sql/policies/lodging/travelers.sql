-- Read by the system only: rows hold personal data.
alter table lodging.travelers enable row level security;

create policy service_reads on lodging.travelers for select to service_role using (true);
grant select on lodging.travelers to service_role;

create trigger _110_stamp_updated before update on lodging.travelers
  for each row execute function core.tg__stamp_updated();
create trigger _900_record after insert or update or delete on lodging.travelers
  for each row execute function audit.tg__record('traveler');
