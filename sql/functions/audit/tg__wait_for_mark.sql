-- Before a statement draws places in the record, wait for a mark that is being made; until commit, no other one is made.
-- A statement that draws none by itself (an insert draws them after this trigger) would slip below a mark.
-- Locks: the mark, shared.
create or replace function audit.tg__wait_for_mark()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('audit.mark', 0));
  return null;
end;
$$;
comment on function audit.tg__wait_for_mark() is 'Keeps marks away from transactions that write the audit log or the books.';
revoke all on function audit.tg__wait_for_mark() from public;
