-- Bring a payment up to a snapshot of its payment intent, or of what another provider has in its place. Snapshots may come late, twice and in any order:
-- what lies behind the payment's state changes nothing, and success outranks everything.
-- Who: functions of ours. Locks: the order, the payment, what receive_payment and the line lock.
create or replace function payments.apply_payment_intent(p_object jsonb, p_at timestamptz)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_id constant text := p_object ->> 'id';
  v_status constant text := p_object ->> 'status';
  v_error constant jsonb := nullif(p_object -> 'last_payment_error', 'null');
  v_charge constant text := payments.stripe_id(p_object -> 'latest_charge');
  v_is_gone constant boolean := v_status = 'canceled' and p_object ->> 'amount' is null;
  v_payment payments.payments;
  v_was payments.payment_status;
begin
  v_payment := payments.lock_payment(payments.find_payment(p_object));
  if v_payment.id is null then
    return payments.outcome('waiting');
  end if;
  if v_payment.gateway_payment_intent_id <> v_id
     and v_status in ('requires_payment_method', 'requires_confirmation', 'canceled')
  then
    return payments.drop_spare_intent(v_payment, p_object);
  end if;
  if not payments.agrees(v_payment, p_object,
    jsonb_build_object(
      'payment_intent', coalesce(v_payment.gateway_payment_intent_id, v_id),
      'currency', case when not v_is_gone then lower(v_payment.currency) end,
      'amount', case when not v_is_gone then v_payment.amount end, 'received', case when v_status = 'succeeded' then v_payment.amount end),
    jsonb_build_object(
      'payment_intent', v_id, 'currency', p_object -> 'currency',
      'amount', p_object -> 'amount', 'received', case when v_status = 'succeeded' then p_object -> 'amount_received' end))
  then
    return payments.outcome('ignored', v_payment.booking_id);
  end if;
  v_payment := payments.adopt_payment_intent(v_payment, p_object);
  v_was := v_payment.status;

  case v_status
    when 'succeeded' then
      perform payments.receive_payment(v_payment, p_at);
      perform payments.record_attempt(v_payment, coalesce(v_charge, v_id), 'succeeded', null, p_at);
      if v_charge is not null then
        perform payments.enqueue_once(v_payment, 'payments.fetch_stripe_object',
          jsonb_build_object('object', 'charge', 'id', v_charge));
      end if;
    when 'canceled' then
      if v_was in ('pending', 'processing', 'authorized', 'failed', 'expired') then
        update payments.payments as p set status = 'cancelled' where p.id = v_payment.id;
        perform payments.end_pix_charge(v_payment);
        perform payments.tell_line(v_payment, 'cancelled');
      end if;
    when 'requires_capture' then
      update payments.payments as p
      set amount_authorized = p.amount,
          status = case when v_was in ('pending', 'processing', 'failed') then 'authorized' else p.status end
      where p.id = v_payment.id and p.amount_authorized = 0;
      if v_was in ('pending', 'processing', 'failed') then
        perform payments.tell_line(v_payment, 'authorized');
      end if;
    when 'processing' then
      perform payments.record_attempt(v_payment, coalesce(v_charge, v_id), 'pending', null, p_at);
    when 'requires_payment_method' then
      if v_error is not null then
        perform payments.record_attempt(v_payment,
          coalesce(payments.stripe_id(v_error -> 'charge'), v_charge, payments.stripe_id(v_error -> 'payment_method'), v_id), 'failed', v_error, p_at);
      end if;
    else null;
  end case;

  if v_was = 'cancelled' and v_payment.gateway_response is null and v_payment.stripe_checkout_session_id is null then
    perform payments.cancel_at_provider(v_payment, v_id);
  end if;
  perform payments.apply_refunds(v_payment, p_object -> 'refunds', p_at);
  return payments.outcome('processed', v_payment.booking_id);
end;
$$;
comment on function payments.apply_payment_intent(jsonb, timestamptz) is 'Applies a payment intent of Stripe to its payment.';
revoke all on function payments.apply_payment_intent(jsonb, timestamptz) from public;
