-- Erase the payloads of old webhooks of the Host that are processed. That they came is kept.
-- Who: tick. Locks: the rows, skip locked.
create or replace function integrations.tick_forget_host_events(p_limit integer)
returns integer
language sql volatile security definer
set search_path = ''
as $$
  with forgotten as (
    update integrations.host_webhook_events as e
    set forgotten_at = clock_timestamp(), payload = '{}'
    where e.id in (
      select old.id
      from integrations.host_webhook_events as old
      where old.forgotten_at is null and old.processed
        and old.created_at <= (select core.now() - make_interval(days => core.setting('message_keep_days')::integer))
      order by old.created_at
      limit p_limit
      for update skip locked)
    returning 1
  )
  select count(*)::integer from forgotten
$$;
comment on function integrations.tick_forget_host_events(integer) is 'Erases payloads of webhooks older than message_keep_days.';
revoke all on function integrations.tick_forget_host_events(integer) from public;
