-- What became of heads that were to be published: those that could not be, a person should know of.
-- Who: core, when a worker reports.
create or replace function audit.on_command_done(p_command_id uuid, p_topic text, p_outcome text, p_response jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if p_outcome = 'dead' then
    perform core.open_exception('command_dead', 'ALL', null, jsonb_build_object('command_id', p_command_id, 'topic', p_topic));
  end if;
end;
$$;
comment on function audit.on_command_done(uuid, text, text, jsonb) is 'Opens an exception for heads that were not published.';
revoke all on function audit.on_command_done(uuid, text, text, jsonb) from public;
