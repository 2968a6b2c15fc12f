-- Read by the system only; every change of terms is recorded.
alter table lodging.stay_discounts enable row level security;

create policy service_reads on lodging.stay_discounts for select to service_role using (true);
grant select on lodging.stay_discounts to service_role;

create trigger _900_record after insert or update or delete on lodging.stay_discounts
  for each row execute function audit.tg__record('stay_discount');
