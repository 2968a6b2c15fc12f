-- Read by the system only.
alter table integrations.sync_jobs enable row level security;

create policy service_reads on integrations.sync_jobs for select to service_role using (true);
grant select on integrations.sync_jobs to service_role;

create trigger _300_guard_transition before insert or update of status on integrations.sync_jobs
  for each row execute function core.tg__enforce_transition('sync_job', 'status');
create trigger _900_record after insert or update or delete on integrations.sync_jobs
  for each row execute function audit.tg__record('sync_job');
