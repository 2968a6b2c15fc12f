-- Messages for a worker: see notifications.claim_notifications.
create or replace function api.claim_notifications(p_channels text[], p_limit integer default 10)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select notifications.claim_notifications(p_channels, p_limit);
end;
comment on function api.claim_notifications(text[], integer) is 'Leases due messages of the channels to a worker.';
revoke all on function api.claim_notifications(text[], integer) from public;
grant execute on function api.claim_notifications(text[], integer) to service_role;
