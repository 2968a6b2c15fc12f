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
