-- Figures to watch: see core.metrics.
create or replace function api.metrics()
returns jsonb
language sql stable security invoker
set search_path = ''
begin atomic
  select core.metrics();
end;
comment on function api.metrics() is 'Figures of all modules to watch, by name.';
revoke all on function api.metrics() from public;
grant execute on function api.metrics() to service_role;
