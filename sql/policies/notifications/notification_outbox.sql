-- Read by the system only: messages hold personal data.
alter table notifications.notification_outbox enable row level security;

create policy service_reads on notifications.notification_outbox for select to service_role using (true);
grant select on notifications.notification_outbox to service_role;

create trigger _300_guard_transition before insert or update of status on notifications.notification_outbox
  for each row execute function core.tg__enforce_transition('notification', 'status');
create trigger _900_record after insert or update or delete on notifications.notification_outbox
  for each row execute function audit.tg__record('notification');
