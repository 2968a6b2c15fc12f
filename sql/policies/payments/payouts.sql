-- Payees see their own payouts, staff those of their cities.
alter table payments.payouts enable row level security;

create policy service_reads on payments.payouts for select to service_role using (true);
grant select on payments.payouts to service_role;

create policy payees_read_their_own on payments.payouts for select to authenticated
  using (
    city_code = any ((select access.city_codes())::text[])
    or recipient_id in (select y.id from payments.payees as y where y.subject = (select access.subject())));
grant select on payments.payouts to authenticated;

create trigger _300_guard_transition before insert or update of status on payments.payouts
  for each row execute function core.tg__enforce_transition('payout', 'status');
create constraint trigger _500_effect_on_batch after update on payments.payouts
  deferrable initially deferred
  for each row execute function payments.tg_payouts__refresh_batch();
create trigger _900_record after insert or update or delete on payments.payouts
  for each row execute function audit.tg__record('payout');
