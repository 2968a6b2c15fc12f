-- Read by the system only: rows hold bank details; every change is recorded.
alter table lodging.property_owners enable row level security;

create policy service_reads on lodging.property_owners for select to service_role using (true);
grant select on lodging.property_owners to service_role;

create trigger _900_record after insert or update or delete on lodging.property_owners
  for each row execute function audit.tg__record('property_owner');
