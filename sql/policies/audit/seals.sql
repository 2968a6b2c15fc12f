-- Closed to everybody, and insert-only for its owner too.
alter table audit.seals enable row level security;

create trigger _300_guard_append_only before update or delete on audit.seals
  for each row execute function audit.tg__append_only();
create trigger _310_guard_truncate before truncate on audit.seals
  for each statement execute function audit.tg__append_only();
