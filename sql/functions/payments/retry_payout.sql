-- Have a payout paid again that failed or came back: it joins the day's batch, with the amounts as they are then. What
-- came back of one in part is a payout of its own. Another one that waits for the same recipient and booking is not needed any
-- more.
-- Who: supervisors and administrators of its city, service_role. Locks: the order, the payout, the day's batch.
-- Fails with: UNAUTHORIZED, FORBIDDEN, MISSING_REQUIRED_FIELD, NOT_FOUND, INVALID_TRANSITION.
create or replace function payments.retry_payout(p_payout_id uuid)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payout payments.payouts := payments.lock_payout_as_staff(p_payout_id);
  v_share constant record := payments.payout_share(v_payout.booking_id, v_payout.recipient_id);
begin
  if v_payout.status <> 'failed' and (v_payout.reversed_amount = 0 or v_payout.status <> 'completed' or v_share.net = 0) then
    perform core.raise_invalid_transition('payout', v_payout.status::text, 'scheduled');
  end if;
  update payments.payouts as p
  set status = 'cancelled'
  where p.booking_id = v_payout.booking_id and p.recipient_id = v_payout.recipient_id and p.status in ('pending', 'scheduled');
  if v_payout.status = 'failed' then
    perform payments.put_into_batch(v_payout);
  end if;
  perform payments.open_owed_payouts(v_payout.booking_id, v_payout.recipient_id);
  if v_payout.status = 'completed' then
    select p.* into strict v_payout
    from payments.payouts as p
    where p.booking_id = v_payout.booking_id and p.recipient_id = v_payout.recipient_id and p.status = 'pending';
    perform payments.put_into_batch(v_payout);
  end if;
  perform core.resolve_exceptions(x.kind, v_payout.booking_id, jsonb_build_object('payout_id', p_payout_id), 'tried again')
  from unnest(array['payout_failed', 'payout_partly_reversed']) as x (kind);
  return jsonb_build_object('payout_id', v_payout.id, 'status', 'scheduled');
end;
$$;
comment on function payments.retry_payout(uuid) is 'Puts a failed payout, or what came back of one, into a batch again and returns the payout.';
revoke all on function payments.retry_payout(uuid) from public;
grant execute on function payments.retry_payout(uuid) to authenticated, service_role;
