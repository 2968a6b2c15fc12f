-- Commands for a worker: see core.claim_commands.
create or replace function api.claim_commands(p_worker text, p_topics text[] default null, p_limit integer default 10)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select core.claim_commands(p_worker, p_topics, p_limit);
end;
comment on function api.claim_commands(text, text[], integer) is 'Leases due commands to a worker. p_topics null: every topic.';
revoke all on function api.claim_commands(text, text[], integer) from public;
grant execute on function api.claim_commands(text, text[], integer) to service_role;
