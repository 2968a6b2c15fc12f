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
