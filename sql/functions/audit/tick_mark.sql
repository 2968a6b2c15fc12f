-- Make a mark when one is due, and more happened since the last one than that its heads were published.
-- Who: tick. Locks: as mark.
create or replace function audit.tick_mark(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_last audit.marks;
begin
  select * into v_last from audit.marks as m order by m.audit_seq desc limit 1;
  if v_last.marked_at > clock_timestamp() - make_interval(secs => core.setting('audit_mark_seconds')::double precision)
     or not exists (
       select from audit.audit_logs as l
       where l.seq > coalesce(v_last.audit_seq, 0) and not exists (
         select from core.outbox as o where o.id = l.entity_id and o.topic = 'audit.publish_heads'))
  then
    return 0;
  end if;
  return audit.mark()::integer;
end;
$$;
comment on function audit.tick_mark(integer) is 'Makes a mark, once in a while and where there is something new.';
revoke all on function audit.tick_mark(integer) from public;
