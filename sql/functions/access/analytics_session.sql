-- A guest's session as analytics and ads know it: they count sessions, and may not be able to speak for one.
-- It follows from what orders keep of a session, so that a booking is found to its clicks, and not the other way round.
-- Who: functions of ours. Locks: none.
create or replace function access.analytics_session(p_session_hash text)
returns text
language sql immutable security invoker
set search_path = ''
as $$
  select encode(sha256(convert_to('analytics:' || p_session_hash, 'UTF8')), 'hex')
$$;
comment on function access.analytics_session(text) is 'The name of a session among analytics, from session_hash(); null where there is none.';
revoke all on function access.analytics_session(text) from public;
