-- Read by the system only: payers are persons.
alter table payments.pix_charges enable row level security;

create policy service_reads on payments.pix_charges for select to service_role using (true);
grant select on payments.pix_charges to service_role;

create trigger _110_stamp_updated before update on payments.pix_charges
  for each row execute function core.tg__stamp_updated();
create trigger _300_guard_transition before insert or update of status on payments.pix_charges
  for each row execute function core.tg__enforce_transition('pix_charge', 'status');
create trigger _900_record after insert or update or delete on payments.pix_charges
  for each row execute function audit.tg__record('pix_charge');
