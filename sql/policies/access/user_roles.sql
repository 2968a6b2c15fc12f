-- Read by the system only; every appointment and dismissal is recorded.
alter table access.user_roles enable row level security;

create policy service_reads on access.user_roles for select to service_role using (true);
grant select on access.user_roles to service_role;

create trigger _900_record after insert or update or delete on access.user_roles
  for each row execute function audit.tg__record('user_role');
