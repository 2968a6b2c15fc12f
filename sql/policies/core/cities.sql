-- Read by the system only; a new city gets the defaults of every module.
alter table core.cities enable row level security;

create policy service_reads on core.cities for select to service_role using (true);
grant select on core.cities to service_role;

create trigger _500_call_hooks after insert on core.cities
  for each row execute function core.tg_cities__call_hooks();
create trigger _900_record after insert or update or delete on core.cities
  for each row execute function audit.tg__record('city');
