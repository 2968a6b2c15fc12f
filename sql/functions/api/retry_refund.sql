-- Ask again for a refund that failed: see payments.retry_refund.
create or replace function api.retry_refund(p_refund_id uuid default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select payments.retry_refund(p_refund_id);
end;
comment on function api.retry_refund(uuid) is 'Requests a failed refund again and returns the new one; amounts in minor units.';
revoke all on function api.retry_refund(uuid) from public;
grant execute on function api.retry_refund(uuid) to authenticated, service_role;
