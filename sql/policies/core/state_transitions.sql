-- Read by the system only; written by migrations.
alter table core.state_transitions enable row level security;

create policy service_reads on core.state_transitions for select to service_role using (true);
grant select on core.state_transitions to service_role;
