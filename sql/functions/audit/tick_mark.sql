-- Make a mark when one is due and something waits to be sealed.
-- Who: tick. Locks: as mark.
create or replace function audit.tick_mark(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if audit.unsealed_since() is null or exists (
    select from audit.marks as m
    where m.marked_at > clock_timestamp() - make_interval(secs => core.setting('audit_mark_seconds')::double precision))
  then
    return 0;
  end if;
  return audit.mark()::integer;
end;
$$;
comment on function audit.tick_mark(integer) is 'Makes a mark, once in a while and where there is something new.';
revoke all on function audit.tick_mark(integer) from public;
