-- Seal what was marked. Folding is cheap: a hundred records count as one row of work.
-- Who: tick. Locks: as seal.
create or replace function audit.tick_seal(p_limit integer)
returns integer
language sql volatile security definer
set search_path = ''
as $$
  select audit.seal(100 * p_limit)
$$;
comment on function audit.tick_seal(integer) is 'Seals audit rows and transactions up to the last mark.';
revoke all on function audit.tick_seal(integer) from public;
