-- Erase what old commands said and what was answered, once they are done or called off.
-- Who: tick. Locks: the rows, skip locked.
create or replace function core.tick_forget_commands(p_limit integer)
returns integer
language sql volatile security definer
set search_path = ''
as $$
  with forgotten as (
    update core.outbox as o
    set forgotten_at = clock_timestamp(), payload = '{}', response = null, last_error = null
    where o.id in (
      select old.id
      from core.outbox as old
      where old.forgotten_at is null and old.status in ('done', 'cancelled')
        and old.finished_at <= (select core.now() - make_interval(days => core.setting('message_keep_days')::integer))
      order by old.finished_at
      limit p_limit
      for update skip locked)
    returning 1
  )
  select count(*)::integer from forgotten
$$;
comment on function core.tick_forget_commands(integer) is 'Erases payloads and answers of commands older than message_keep_days.';
revoke all on function core.tick_forget_commands(integer) from public;
