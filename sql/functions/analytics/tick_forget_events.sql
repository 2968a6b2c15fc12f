-- Delete events older than analytics.keep_days; their sums per day stay.
-- Who: tick. Locks: the rows, skip locked.
create or replace function analytics.tick_forget_events(p_limit integer)
returns integer
language sql volatile security definer
set search_path = ''
as $$
  with forgotten as (
    delete from analytics.funnel_events as e
    where e.id in (
      select old.id
      from analytics.funnel_events as old
      where old.event_timestamp <= (select core.now() - make_interval(days => core.setting('analytics.keep_days')::integer))
      limit p_limit
      for update skip locked)
    returning 1
  )
  select count(*)::integer from forgotten
$$;
comment on function analytics.tick_forget_events(integer) is 'Deletes events older than analytics.keep_days.';
revoke all on function analytics.tick_forget_events(integer) from public;
