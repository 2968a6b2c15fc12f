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
