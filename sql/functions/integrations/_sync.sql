-- Queue the command that fetches the next page of a run.
-- Who: functions of ours. Locks: none.
create or replace function integrations.ask_for_page(p_job integrations.sync_jobs)
returns void
language sql volatile security definer
set search_path = ''
as $$
  select core.enqueue_command('integrations.fetch_host_page', 'host_sync:' || p_job.kind, 'ALL', null, jsonb_build_object(
    'job_id', p_job.id, 'kind', p_job.kind, 'cursor', p_job.cursor, 'limit', core.setting('host_sync') -> 'page_items'))
$$;
comment on function integrations.ask_for_page(integrations.sync_jobs) is 'Queues the next page of a synchronisation.';
revoke all on function integrations.ask_for_page(integrations.sync_jobs) from public;

-- Apply a page of the Host: {"items": […], "has_more": …, "next_cursor": …}. What is malformed is logged and skipped. After the last
-- page, what the Host does not list any more goes off sale; a Host that lists nothing at all is not believed.
-- Who: on_command_done, which holds the run. Locks: what the items lock.
create or replace function integrations.take_page(p_job integrations.sync_jobs, p_page jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_skipped constant jsonb := lodging.import_host_items(p_job.kind, p_page -> 'items');
  v_job integrations.sync_jobs;
  v_gone text[];
begin
  insert into integrations.sync_logs (sync_job_id, level, message, detail)
  select p_job.id, 'warning', 'skipped: ' || (s.skip ->> 'reason'), jsonb_build_object('item', s.skip -> 'item')
  from jsonb_array_elements(v_skipped) as s (skip);
  update integrations.sync_jobs as j
  set pages = j.pages + 1, items = j.items + jsonb_array_length(p_page -> 'items'),
      skipped = j.skipped + jsonb_array_length(v_skipped), cursor = coalesce(p_page ->> 'next_cursor', j.cursor)
  where j.id = p_job.id
  returning * into v_job;

  if (p_page -> 'has_more')::boolean then
    perform integrations.ask_for_page(v_job);
  elsif v_job.kind = 'availability' then
    perform integrations.end_sync(v_job.id, 'succeeded', null);
  elsif v_job.items = 0 then
    perform integrations.end_sync(v_job.id, 'failed', 'the Host lists nothing');
  else
    v_gone := lodging.retire_missing(v_job.kind, v_job.started_at);
    insert into integrations.sync_logs (sync_job_id, level, message, detail)
    select v_job.id, 'warning', 'listed no more', jsonb_build_object('ids', v_gone)
    where v_gone <> '{}';
    perform integrations.end_sync(v_job.id, 'succeeded', null);
  end if;
end;
$$;
comment on function integrations.take_page(integrations.sync_jobs, jsonb) is 'Applies a page of the Host, counts it, and asks for the next or ends the run.';
revoke all on function integrations.take_page(integrations.sync_jobs, jsonb) from public;

-- End a run: one that failed goes before a person and says where it stands; one that succeeded resolves such cases of its kind.
-- Who: functions of ours that hold the run. Locks: open cases.
create or replace function integrations.end_sync(p_job_id uuid, p_status text, p_error text, p_facts jsonb default '{}')
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_job integrations.sync_jobs;
begin
  update integrations.sync_jobs as j
  set status = p_status, error = p_error, finished_at = core.now()
  where j.id = p_job_id
  returning * into v_job;
  insert into integrations.sync_logs (sync_job_id, level, message, detail)
  values (p_job_id, case p_status when 'failed' then 'error' else 'info' end, coalesce(p_error, p_status),
    p_facts || jsonb_build_object('pages', v_job.pages, 'items', v_job.items, 'skipped', v_job.skipped));
  if p_status = 'failed' then
    perform core.open_exception('host_sync_failed', 'ALL', null,
      p_facts || jsonb_build_object('job_id', p_job_id, 'kind', v_job.kind, 'error', p_error));
  else
    update core.exceptions as x
    set resolved_at = clock_timestamp(), resolved_by = 'system', resolution = 'synchronised since'
    where x.kind = 'host_sync_failed' and x.detail ->> 'kind' = v_job.kind and x.resolved_at is null;
  end if;
end;
$$;
comment on function integrations.end_sync(uuid, text, text, jsonb) is 'Ends a run of the synchronisation.';
revoke all on function integrations.end_sync(uuid, text, text, jsonb) from public;

-- A run of the synchronisation as the operator sees it.
-- Who: functions of ours. Locks: none.
create or replace function integrations.describe_sync(p_job_id uuid)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'job_id', j.id, 'kind', j.kind, 'status', j.status, 'pages', j.pages, 'items', j.items, 'skipped', j.skipped,
    'error', j.error, 'started_at', j.started_at, 'finished_at', j.finished_at,
    'log', (
      select coalesce(jsonb_agg(l.line order by l.line ->> 'created_at' desc), '[]')
      from (
        select jsonb_build_object('level', s.level, 'message', s.message, 'detail', s.detail, 'created_at', s.created_at) as line
        from integrations.sync_logs as s
        where s.sync_job_id = j.id and s.level <> 'info'
        order by s.created_at desc
        limit 20) as l))
  from integrations.sync_jobs as j
  where j.id = p_job_id
$$;
comment on function integrations.describe_sync(uuid) is 'Counts of a run, its error, and its last twenty warnings and errors.';
revoke all on function integrations.describe_sync(uuid) from public;
