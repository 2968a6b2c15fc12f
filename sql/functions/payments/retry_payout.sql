-- Have a payout paid again that failed or was reversed: it joins the day's batch, with the amounts as they are then.
-- Who: supervisors and administrators of its city, service_role. Locks: the order, the payout, the day's batch.
-- Fails with: UNAUTHORIZED, FORBIDDEN, MISSING_REQUIRED_FIELD, NOT_FOUND, INVALID_TRANSITION.
create or replace function payments.retry_payout(p_payout_id uuid)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payout payments.payouts;
begin
  v_payout := payments.lock_payout_as_staff(p_payout_id);
  if v_payout.status <> 'failed' then
    perform core.raise_invalid_transition('payout', v_payout.status::text, 'scheduled');
  end if;
  perform payments.put_into_batch(v_payout);
  perform core.resolve_exceptions('payout_failed', v_payout.booking_id, jsonb_build_object('payout_id', p_payout_id), 'tried again');
  return jsonb_build_object('payout_id', p_payout_id, 'status', 'scheduled');
end;
$$;
comment on function payments.retry_payout(uuid) is 'Puts a failed payout into a batch again.';
revoke all on function payments.retry_payout(uuid) from public;
grant execute on function payments.retry_payout(uuid) to authenticated, service_role;
