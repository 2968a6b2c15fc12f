-- Closed to everybody, and insert-only for its owner too.
alter table audit.audit_logs enable row level security;

create trigger _100_wait_for_mark before insert on audit.audit_logs
  for each statement execute function audit.tg__wait_for_mark();
create trigger _300_guard_append_only before update or delete on audit.audit_logs
  for each row execute function audit.tg__append_only();
create trigger _310_guard_truncate before truncate on audit.audit_logs
  for each statement execute function audit.tg__append_only();
