-- Read by the system only.
alter table payments.stripe_events enable row level security;

create policy service_reads on payments.stripe_events for select to service_role using (true);
grant select on payments.stripe_events to service_role;

create trigger _300_guard_transition before insert or update of status on payments.stripe_events
  for each row execute function core.tg__enforce_transition('stripe_event', 'status');
create trigger _900_record after update of status on payments.stripe_events
  for each row when (old.status <> new.status) execute function payments.tg_stripe_events__record();
