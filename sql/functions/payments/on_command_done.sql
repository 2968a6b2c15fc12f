-- What became of a command of ours. The provider's answer is applied like an event. A payment that could not be cancelled
-- there is fetched, to see why; a refund or a fetch that was given up goes to a person: the refund stays pending, for it may have
-- been carried out all the same, and may be tried again.
-- Who: core, when a worker reports. Locks: the order, the payment, what ledger and line lock.
create or replace function payments.on_command_done(p_command_id uuid, p_topic text, p_outcome text, p_response jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_command core.outbox;
begin
  if p_outcome = 'done' then
    perform payments.ingest_stripe_object(p_response);
  elsif p_outcome = 'dead' then
    select * into strict v_command from core.outbox as o where o.id = p_command_id;
    if p_topic = 'payments.cancel_payment_intent' then
      perform core.enqueue_command('payments.fetch_stripe_object', v_command.queue_key, v_command.city_code, v_command.booking_id,
        jsonb_build_object('object', 'payment_intent', 'id', v_command.payload -> 'payment_intent_id'));
    else
      perform core.open_exception('command_dead', v_command.city_code, v_command.booking_id, jsonb_build_object(
        'command_id', p_command_id, 'topic', p_topic, 'payload', v_command.payload));
    end if;
  end if;
end;
$$;
comment on function payments.on_command_done(uuid, text, text, jsonb) is 'Takes in the outcome of a command to the payment provider.';
revoke all on function payments.on_command_done(uuid, text, text, jsonb) from public;
