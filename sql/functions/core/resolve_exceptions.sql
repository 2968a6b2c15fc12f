-- Take cases from the queue that have found their end by themselves: those of a kind and booking whose detail has these facts.
-- Who: functions of ours. Locks: the open rows.
create or replace function core.resolve_exceptions(p_kind text, p_booking_id uuid, p_facts jsonb, p_resolution text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  update core.exceptions as e
  set resolved_at = clock_timestamp(), resolved_by = coalesce(access.subject(), access.database_role()), resolution = p_resolution
  where e.kind = p_kind and e.booking_id = p_booking_id and e.detail @> p_facts and e.resolved_at is null
$$;
comment on function core.resolve_exceptions(text, uuid, jsonb, text) is 'Resolves open cases of a booking and says how they ended.';
revoke all on function core.resolve_exceptions(text, uuid, jsonb, text) from public;
