-- Start the synchronisations that are due by the setting host_sync; after a failure, when the next one would be.
-- Who: tick. Locks: the kinds. A kind without an interval is synchronised only when somebody asks.
create or replace function integrations.tick_sync_host(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_kind text;
  v_done integer := 0;
begin
  for v_kind in
    select k.kind
    from unnest(array['properties', 'room_types', 'availability']) with ordinality as k (kind, position)
    cross join lateral (select (core.setting('host_sync') ->> (k.kind || '_seconds'))::double precision as seconds) as s
    where s.seconds is not null and not exists (
      select from integrations.sync_jobs as j
      where j.kind = k.kind
        and (j.status = 'running' or greatest(j.started_at, j.finished_at) > (select core.now()) - make_interval(secs => s.seconds)))
    order by k.position
    limit p_limit
  loop
    perform integrations.sync_host(v_kind);
    v_done := v_done + 1;
  end loop;
  return v_done;
end;
$$;
comment on function integrations.tick_sync_host(integer) is 'Starts due synchronisations with the Host and returns how many.';
revoke all on function integrations.tick_sync_host(integer) from public;
