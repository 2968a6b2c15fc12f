-- Note the last places of the audit log and the books at an instant when nobody is writing them: up to there every row is
-- committed or never will be.
-- Who: tick_mark; whoever calls it commits at once, as writers wait meanwhile.
-- Locks: the mark, alone; where a writer keeps it for longer than 50 ms, nothing is noted (false).
create or replace function audit.mark()
returns boolean
language plpgsql volatile security definer
set search_path = ''
set lock_timeout = '50ms'
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('audit.mark', 0));
  insert into audit.marks (audit_seq, ledger_seq)
  select a.seq, l.seq
  from (select max(l.seq) as seq from audit.audit_logs as l) as a
  cross join (select coalesce(max(t.seq), 0) as seq from ledger.ledger_transactions as t) as l
  where a.seq > (select coalesce(max(m.audit_seq), 0) from audit.marks as m);
  return found;
exception when lock_not_available then
  return false;
end;
$$;
comment on function audit.mark() is 'Marks the end of what can no longer change; whether it could.';
revoke all on function audit.mark() from public;
