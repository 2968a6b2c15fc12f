-- Read by the system only; every change of terms is recorded.
alter table lodging.cancellation_policies enable row level security;

create policy service_reads on lodging.cancellation_policies for select to service_role using (true);
grant select on lodging.cancellation_policies to service_role;

create trigger _900_record after insert or update or delete on lodging.cancellation_policies
  for each row execute function audit.tg__record('cancellation_policy');
