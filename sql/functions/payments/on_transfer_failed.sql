-- A transfer was given up, or is tried again by staff. One that the provider refused was not made: the payout has failed. Of
-- any other nobody knows: the payout stays under way, and the command may be tried again, which looks first.
-- Who: on_command_done. Locks: the order, the payout.
-- Fails with: INVALID_TRANSITION (retried, though it is not under way, or another transfer has taken its place).
create or replace function payments.on_transfer_failed(p_command core.outbox, p_outcome text, p_response jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payout constant payments.payouts := payments.lock_payout((p_command.payload ->> 'payout_id')::uuid);
begin
  if p_outcome = 'retried' and (v_payout.status <> 'processing' or exists (
    select from core.outbox as o
    where o.booking_id = v_payout.booking_id and o.topic = 'payments.create_transfer' and o.seq > p_command.seq
      and o.payload ->> 'payout_id' = p_command.payload ->> 'payout_id'))
  then
    perform core.raise_invalid_transition('payout', v_payout.status::text, 'processing');
  elsif p_outcome = 'dead' and v_payout.status = 'processing' then
    if payments.was_refused(p_response) then
      update payments.payouts as p set status = 'failed' where p.id = v_payout.id;
      perform payments.open_owed_payouts(v_payout.booking_id);
      perform core.open_exception('payout_failed', v_payout.city_code, v_payout.booking_id,
        jsonb_build_object('payout_id', v_payout.id, 'code', p_response -> 'code'));
    else
      perform core.open_exception('command_dead', v_payout.city_code, v_payout.booking_id, jsonb_build_object(
        'command_id', p_command.id, 'topic', p_command.topic, 'payload', p_command.payload));
    end if;
  end if;
end;
$$;
comment on function payments.on_transfer_failed(core.outbox, text, jsonb) is 'Follows up on a transfer that was given up or is tried again.';
revoke all on function payments.on_transfer_failed(core.outbox, text, jsonb) from public;
