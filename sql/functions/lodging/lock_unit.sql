-- One writer of a unit's nights at a time: every claim, release and conversion takes this lock before its update.
-- Who: functions of ours. Locks: the unit, until the transaction ends.
create or replace function lodging.lock_unit(p_unit_id uuid)
returns void
language sql volatile security definer
set search_path = ''
as $$
  select pg_advisory_xact_lock(hashtextextended(p_unit_id::text, 42))
$$;
comment on function lodging.lock_unit(uuid) is 'Waits until no other transaction writes the nights of the unit.';
revoke all on function lodging.lock_unit(uuid) from public;
