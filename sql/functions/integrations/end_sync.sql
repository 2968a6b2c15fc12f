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
