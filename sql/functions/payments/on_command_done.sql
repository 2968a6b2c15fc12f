-- What became of a command of ours. The provider's answer is applied like an event. A payment that could not be cancelled
-- there is fetched, to see why. A refund that the provider refused has failed. Any other refund or fetch that was given up
-- goes to a person: the refund stays pending, for it may have been carried out all the same, and may be tried again.
-- Who: core, when a worker reports. Locks: the order, the payment, what ledger and line lock.
-- Fails with: INVALID_TRANSITION (retried).
create or replace function payments.on_command_done(p_command_id uuid, p_topic text, p_outcome text, p_response jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_verb constant text := split_part(p_topic, '.', 2);
  v_command core.outbox;
  v_refund payments.refunds;
begin
  if p_outcome = 'done' then
    perform payments.ingest_stripe_object(p_response);
    return;
  end if;
  select * into strict v_command from core.outbox as o where o.id = p_command_id;
  if v_verb = 'create_transfer' then
    perform payments.on_transfer_failed(v_command, p_outcome, p_response);
    return;
  end if;
  if v_verb = 'create_refund' then
    perform payments.lock_payment((v_command.payload ->> 'payment_id')::uuid);
    select * into v_refund from payments.refunds as r where r.id = (v_command.payload ->> 'refund_id')::uuid;
  end if;

  if p_outcome = 'retried' and v_refund.status <> 'pending' then
    perform core.raise_invalid_transition('refund', v_refund.status::text, 'pending');
  elsif p_outcome = 'dead' and v_verb = 'cancel_payment_intent' then
    perform payments.fetch_payment(p, v_command.payload ->> 'payment_intent_id')
    from payments.payments as p where p.id = (v_command.payload ->> 'payment_id')::uuid;
  elsif p_outcome = 'dead' and v_refund.status = 'pending' and payments.was_refused(p_response) then
    perform payments.fail_refund(v_refund, p_response ->> 'code', core.now());
  elsif p_outcome = 'dead' then
    perform core.open_exception('command_dead', v_command.city_code, v_command.booking_id, jsonb_build_object(
      'command_id', p_command_id, 'topic', p_topic, 'payload', v_command.payload));
  end if;
end;
$$;
comment on function payments.on_command_done(uuid, text, text, jsonb) is 'Takes in the outcome of a command to the payment provider.';
revoke all on function payments.on_command_done(uuid, text, text, jsonb) from public;
