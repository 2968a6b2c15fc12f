-- Forget idempotency keys that ran out.
-- Who: tick. Locks: the rows, skip locked.
create or replace function core.tick_purge_idempotency_keys(p_limit integer)
returns integer
language sql volatile security definer
set search_path = ''
as $$
  with gone as (
    delete from core.idempotency_keys as k
    where (k.scope, k.key) in (
      select d.scope, d.key from core.idempotency_keys as d
      where d.expires_at <= (select core.now())
      order by d.expires_at
      limit p_limit
      for update skip locked)
    returning 1
  )
  select count(*)::integer from gone
$$;
comment on function core.tick_purge_idempotency_keys(integer) is 'Deletes idempotency keys past their expiry.';
revoke all on function core.tick_purge_idempotency_keys(integer) from public;
