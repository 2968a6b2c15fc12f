-- How a topic's commands are tried: waits, tries, lease. What a topic says after module and command does not matter.
-- Who: functions of ours. Locks: none.
create or replace function core.outbox_policy(p_topic text)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return core.setting('outbox') || coalesce(
    (select s.value from core.settings as s where s.key = 'outbox.' || split_part(p_topic, '.', 1) || '.' || split_part(p_topic, '.', 2) and s.city_code = 'ALL'), '{}');
end;
$$;
comment on function core.outbox_policy(text) is 'backoff_seconds, max_attempts and lease_seconds of a topic.';
revoke all on function core.outbox_policy(text) from public;
