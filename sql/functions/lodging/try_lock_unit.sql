-- The lock of lock_unit without waiting, for batches, which may come across units in any order.
-- Who: jobs of ours. Locks: the unit, until the transaction ends.
create or replace function lodging.try_lock_unit(p_unit_id uuid)
returns boolean
language sql volatile security definer
set search_path = ''
as $$
  select pg_try_advisory_xact_lock(hashtextextended(p_unit_id::text, 42))
$$;
comment on function lodging.try_lock_unit(uuid) is 'Takes the lock on the nights of the unit if it is free, and returns whether it did.';
revoke all on function lodging.try_lock_unit(uuid) from public;
