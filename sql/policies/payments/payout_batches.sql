-- Staff see the batches of their cities.
alter table payments.payout_batches enable row level security;

create policy service_reads on payments.payout_batches for select to service_role using (true);
grant select on payments.payout_batches to service_role;

create policy staff_read_their_city on payments.payout_batches for select to authenticated
  using (city_code = any ((select access.city_codes())::text[]));
grant select on payments.payout_batches to authenticated;

create trigger _300_guard_transition before insert or update of status on payments.payout_batches
  for each row execute function core.tg__enforce_transition('payout_batch', 'status');
create trigger _900_record after insert or update or delete on payments.payout_batches
  for each row execute function audit.tg__record('payout_batch');
