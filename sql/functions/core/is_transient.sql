-- Whether an error is one of the moment (connection, deadlock, resources, locks, cancellation, the system), not of the data:
-- who catches errors item by item lets these through, so that the whole is tried again.
-- Who: functions of ours. Locks: none.
create or replace function core.is_transient(p_sqlstate text)
returns boolean
language sql immutable security invoker
set search_path = ''
as $$
  select left(p_sqlstate, 2) in ('08', '40', '53', '55', '57', '58', 'XX')
$$;
comment on function core.is_transient(text) is 'Whether the same call may succeed a moment later.';
revoke all on function core.is_transient(text) from public;
