-- Staff see the disputes of their cities.
alter table payments.disputes enable row level security;

create policy service_reads on payments.disputes for select to service_role using (true);
grant select on payments.disputes to service_role;

create policy staff_read_their_city on payments.disputes for select to authenticated
  using (city_code = any ((select access.city_codes())::text[]));
grant select on payments.disputes to authenticated;

create trigger _300_guard_lock before insert or delete or update on payments.disputes
  for each row execute function payments.tg__lock_payment();
create trigger _310_guard_transition before insert or update of status on payments.disputes
  for each row execute function core.tg__enforce_transition('dispute', 'status');
create trigger _500_effect_payment after insert or delete or update on payments.disputes
  for each row execute function payments.tg__refresh_payment();
create trigger _900_record after insert or update or delete on payments.disputes
  for each row execute function audit.tg__record('dispute');
