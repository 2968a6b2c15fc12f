-- Shown to the public by functions. Read as rows by the system only.
alter table lodging.availability_calendar enable row level security;

create policy service_reads on lodging.availability_calendar for select to service_role using (true);
grant select on lodging.availability_calendar to service_role;

create trigger _100_lower_overcommitted before update on lodging.availability_calendar
  for each row when (old.overcommitted > 0)
  execute function lodging.tg_availability_calendar__lower_overcommitted();
