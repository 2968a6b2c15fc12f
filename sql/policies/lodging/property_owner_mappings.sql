-- Read by the system only; every change is recorded: shares decide who is paid.
alter table lodging.property_owner_mappings enable row level security;

create policy service_reads on lodging.property_owner_mappings for select to service_role using (true);
grant select on lodging.property_owner_mappings to service_role;

create constraint trigger _300_guard_sum after insert or update or delete on lodging.property_owner_mappings
  deferrable initially deferred
  for each row execute function lodging.tg_property_owner_mappings__add_up();
create trigger _900_record after insert or update or delete on lodging.property_owner_mappings
  for each row execute function audit.tg__record('property_owner_mapping');
