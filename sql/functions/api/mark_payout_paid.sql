-- Say that a payout was made by hand: see payments.mark_payout_paid.
create or replace function api.mark_payout_paid(p_payout_id uuid, p_reference text)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select payments.mark_payout_paid(p_payout_id, p_reference);
end;
comment on function api.mark_payout_paid(uuid, text) is
  'Books a payout that was made by hand; returns its amount in minor units. Supervisors and administrators of its city.';
revoke all on function api.mark_payout_paid(uuid, text) from public;
grant execute on function api.mark_payout_paid(uuid, text) to authenticated, service_role;
