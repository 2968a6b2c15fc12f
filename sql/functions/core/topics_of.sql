-- The topics of commands that go to a provider, by the settings of the topics.
-- Who: functions of ours. Locks: none.
create or replace function core.topics_of(p_provider text)
returns text[]
language sql stable security definer
set search_path = ''
as $$
  select coalesce(array_agg(substr(s.key, length('outbox.') + 1)), '{}')
  from core.settings as s
  where s.key like 'outbox.%' and s.city_code = 'ALL' and s.value ->> 'provider' = p_provider
$$;
comment on function core.topics_of(text) is 'Topics whose setting outbox.<topic> names this provider.';
revoke all on function core.topics_of(text) from public;
