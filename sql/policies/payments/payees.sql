-- Payees see themselves, staff those of their cities.
alter table payments.payees enable row level security;

create policy service_reads on payments.payees for select to service_role using (true);
grant select on payments.payees to service_role;

create policy payees_read_themselves on payments.payees for select to authenticated
  using (subject = (select access.subject()) or city_code = any ((select access.city_codes())::text[]));
grant select on payments.payees to authenticated;

create trigger _110_stamp_updated before update on payments.payees
  for each row execute function core.tg__stamp_updated();
create trigger _900_record after insert or update or delete on payments.payees
  for each row execute function audit.tg__record('payee');
