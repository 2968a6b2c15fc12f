-- Bring a payment up to a snapshot of its Checkout session. A paid session is money received, as its payment intent's success is:
-- whichever comes first is booked. Everything else about the money comes with the payment intent.
-- Two requests at the same time may make two sessions for one payment. The first that we hear of counts; the other is closed before
-- anybody can pay on it, and so is one whose payment was called off meanwhile.
-- Who: functions of ours. Locks: the order, the payment, what receive_payment and the line lock.
create or replace function payments.apply_checkout_session(p_object jsonb, p_at timestamptz)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_status constant text := p_object ->> 'status';
  v_intent constant text := payments.stripe_id(p_object -> 'payment_intent');
  v_payment payments.payments;
  v_is_spare boolean;
begin
  v_payment := payments.lock_payment(payments.find_payment(p_object));
  if v_payment.id is null then
    return payments.outcome('waiting');
  end if;
  v_is_spare := coalesce(v_payment.stripe_checkout_session_id <> p_object ->> 'id', false) and v_status in ('open', 'expired');
  if v_status = 'open' and (v_is_spare or v_payment.status not in ('pending', 'processing', 'authorized', 'failed')) then
    perform payments.close_checkout_session(v_payment, p_object ->> 'id');
  end if;
  if v_is_spare then
    return payments.outcome('processed', v_payment.booking_id);
  end if;
  if not payments.agrees(v_payment, p_object,
    jsonb_build_object(
      'session', coalesce(v_payment.stripe_checkout_session_id, p_object ->> 'id'), 'currency', lower(v_payment.currency),
      'amount', v_payment.amount, 'payment_intent', coalesce(v_payment.gateway_payment_intent_id, v_intent)),
    jsonb_build_object(
      'session', p_object -> 'id', 'currency', p_object -> 'currency', 'amount', p_object -> 'amount_total',
      'payment_intent', coalesce(v_intent, v_payment.gateway_payment_intent_id)))
  then
    return payments.outcome('ignored', v_payment.booking_id);
  end if;

  update payments.payments as p
  set stripe_checkout_session_id = p_object ->> 'id', gateway_payment_intent_id = coalesce(p.gateway_payment_intent_id, v_intent)
  where p.id = v_payment.id
    and (p.stripe_checkout_session_id is null or p.gateway_payment_intent_id is null and v_intent is not null);

  if p_object ->> 'payment_status' = 'paid' then
    perform payments.receive_payment(v_payment, p_at);
  elsif v_status = 'expired' and v_payment.status in ('pending', 'processing', 'authorized', 'failed') then
    update payments.payments as p set status = 'expired' where p.id = v_payment.id;
    perform payments.tell_line(v_payment, 'cancelled');
  end if;
  return payments.outcome('processed', v_payment.booking_id);
end;
$$;
comment on function payments.apply_checkout_session(jsonb, timestamptz) is 'Applies a Checkout session of Stripe to its payment.';
revoke all on function payments.apply_checkout_session(jsonb, timestamptz) from public;
