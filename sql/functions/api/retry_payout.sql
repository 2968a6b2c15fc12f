-- Have a failed payout paid again: see payments.retry_payout.
create or replace function api.retry_payout(p_payout_id uuid)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select payments.retry_payout(p_payout_id);
end;
comment on function api.retry_payout(uuid) is 'Puts a failed payout into a batch again. Supervisors and administrators of its city.';
revoke all on function api.retry_payout(uuid) from public;
grant execute on function api.retry_payout(uuid) to authenticated, service_role;
