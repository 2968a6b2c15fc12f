-- Read by the system only; every change is recorded.
alter table ads.ads_slots enable row level security;

create policy service_reads on ads.ads_slots for select to service_role using (true);
grant select on ads.ads_slots to service_role;

create trigger _900_record after insert or update or delete on ads.ads_slots
  for each row execute function audit.tg__record('ads_slot');
