-- Start to synchronise a kind of thing with the Host: properties, room_types or availability. One run of a kind goes at a time: while
-- one does, it is the answer; one that failed goes on behind the last page it applied.
-- Properties and room types are listed whole each time, availability from where the last run ended.
-- Who: service_role. Locks: the kind. Fails with: FORBIDDEN, INVALID_PARAMETER.
create or replace function integrations.sync_host(p_kind text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_last integrations.sync_jobs;
begin
  perform access.require_service();
  perform core.require_valid('kind', p_kind in ('properties', 'room_types', 'availability'), 'properties, room_types or availability');
  perform pg_advisory_xact_lock(hashtextextended('host_sync:' || p_kind, 42));
  select * into v_last
  from integrations.sync_jobs as j where j.kind = p_kind
  order by j.created_at desc, j.id desc
  limit 1;

  if v_last.status = 'failed' then
    update integrations.sync_jobs as j set status = 'running', error = null, finished_at = null where j.id = v_last.id
    returning * into v_last;
    perform integrations.ask_for_page(v_last);
  elsif v_last.status is distinct from 'running' then
    insert into integrations.sync_jobs (kind, cursor, started_at)
    values (p_kind, case p_kind when 'availability' then v_last.cursor end, core.now())
    returning * into v_last;
    perform integrations.ask_for_page(v_last);
  end if;
  return integrations.describe_sync(v_last.id);
end;
$$;
comment on function integrations.sync_host(text) is 'Starts, or takes up again, the synchronisation of a kind; returns how far it is.';
revoke all on function integrations.sync_host(text) from public;
grant execute on function integrations.sync_host(text) to service_role;
