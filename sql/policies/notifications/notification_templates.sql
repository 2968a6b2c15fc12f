-- Read by the system only; every change of a text is recorded.
alter table notifications.notification_templates enable row level security;

create policy service_reads on notifications.notification_templates for select to service_role using (true);
grant select on notifications.notification_templates to service_role;

create trigger _900_record after insert or update or delete on notifications.notification_templates
  for each row execute function audit.tg__record('notification_template');
