-- Read by the system only: they hold bank details.
alter table payments.payout_schedules enable row level security;

create policy service_reads on payments.payout_schedules for select to service_role using (true);
grant select on payments.payout_schedules to service_role;

create trigger _110_stamp_updated before update on payments.payout_schedules
  for each row execute function core.tg__stamp_updated();
create trigger _900_record after insert or update or delete on payments.payout_schedules
  for each row execute function audit.tg__record('payout_schedule');
