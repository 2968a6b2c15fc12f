-- Read by the system only.
alter table payments.payment_attempts enable row level security;

create policy service_reads on payments.payment_attempts for select to service_role using (true);
grant select on payments.payment_attempts to service_role;

create trigger _300_guard_transition before insert or update of status on payments.payment_attempts
  for each row execute function core.tg__enforce_transition('payment_attempt', 'status');
create trigger _900_record after insert or update or delete on payments.payment_attempts
  for each row execute function audit.tg__record('payment_attempt');
create trigger _910_announce_failure after insert or update of status on payments.payment_attempts
  for each row when (new.status = 'failed') execute function core.tg__announce('payment_failed');
