-- The system reads everything; staff see how the commands of their cities go, not what they carry.
alter table core.outbox enable row level security;

create policy service_reads on core.outbox for select to service_role using (true);
grant select on core.outbox to service_role;

create policy staff_read_their_city on core.outbox for select to authenticated
  using (city_code = any ((select access.city_codes())::text[]));
grant select (id, topic, city_code, booking_id, status, attempts, next_attempt_at, last_error, created_at, retried_at, finished_at)
  on core.outbox to authenticated;

create trigger _300_guard_transition before insert or update of status on core.outbox
  for each row execute function core.tg__enforce_transition('outbox', 'status');
create trigger _900_record after insert or update or delete on core.outbox
  for each row execute function audit.tg__record('command');
create trigger _910_announce_claim after update of claim_token on core.outbox
  for each row when (new.claim_token is not null and new.claim_token is distinct from old.claim_token)
  execute function core.tg__announce('command_claimed');
