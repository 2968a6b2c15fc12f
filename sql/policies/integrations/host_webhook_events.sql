-- Read by the system only: payloads hold personal data.
alter table integrations.host_webhook_events enable row level security;

create policy service_reads on integrations.host_webhook_events for select to service_role using (true);
grant select on integrations.host_webhook_events to service_role;
