-- How asking the Host for a page went. A page is applied, counted, and followed by the next one, in one transaction. One that
-- cannot be had ends the run, until it is taken up again; where the Host does not know the place any more, from the beginning.
-- Who: core, for topics of this module. Locks: the run, then what the page locks. Fails with: INVALID_TRANSITION (retried).
create or replace function integrations.on_command_done(p_command_id uuid, p_topic text, p_outcome text, p_response jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_job integrations.sync_jobs;
begin
  select j.* into v_job
  from core.outbox as o
  join integrations.sync_jobs as j on j.id = (o.payload ->> 'job_id')::uuid
  where o.id = p_command_id
  for no key update of j;

  if p_outcome = 'retried' then
    if v_job.status <> 'failed' then
      perform core.raise_invalid_transition('sync_job', v_job.status, 'running');
    end if;
    update core.outbox as o set payload = o.payload || jsonb_build_object('cursor', v_job.cursor) where o.id = p_command_id;
    update integrations.sync_jobs as j set status = 'running', error = null, finished_at = null where j.id = v_job.id;
  elsif p_outcome = 'retrying' then
    insert into integrations.sync_logs (sync_job_id, level, message, detail) values (v_job.id, 'warning', 'the Host did not answer', p_response);
  elsif p_outcome = 'done' then
    perform integrations.take_page(v_job, p_response);
    update core.outbox as o set response = (p_response - 'items') || jsonb_build_object('items', jsonb_array_length(p_response -> 'items'))
    where o.id = p_command_id;
  else
    update integrations.sync_jobs as j
    set cursor = case p_response ->> 'http_status' when '410' then null else j.cursor end
    where j.id = v_job.id;
    perform integrations.end_sync(v_job.id, 'failed', concat_ws(': ', p_response ->> 'code', p_response ->> 'message'),
      jsonb_build_object('command_id', p_command_id));
  end if;
end;
$$;
comment on function integrations.on_command_done(uuid, text, text, jsonb) is 'Follows up on fetch_host_page: done, retrying, dead or retried.';
revoke all on function integrations.on_command_done(uuid, text, text, jsonb) from public;
