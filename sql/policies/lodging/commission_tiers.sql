-- Read by the system only; every change of terms is recorded.
alter table lodging.commission_tiers enable row level security;

create policy service_reads on lodging.commission_tiers for select to service_role using (true);
grant select on lodging.commission_tiers to service_role;

create trigger _110_stamp_updated before update on lodging.commission_tiers
  for each row execute function core.tg__stamp_updated();
create trigger _900_record after insert or update or delete on lodging.commission_tiers
  for each row execute function audit.tg__record('commission_tier');
