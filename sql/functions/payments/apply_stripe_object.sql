-- Apply a snapshot of a Stripe object, whichever way it came: in an event, or as the answer to a command.
-- Who: functions of ours. Locks: the order, the payment, what the line locks.
create or replace function payments.apply_stripe_object(p_object jsonb, p_at timestamptz)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  return case p_object ->> 'object'
    when 'payment_intent' then payments.apply_payment_intent(p_object, p_at)
    when 'checkout.session' then payments.apply_checkout_session(p_object, p_at)
    when 'charge' then payments.apply_charge(p_object)
    when 'balance_transaction' then payments.apply_balance_transaction(p_object)
    when 'refund' then payments.apply_refund(p_object, p_at)
    when 'dispute' then payments.apply_dispute(p_object, p_at)
    when 'transfer' then payments.apply_transfer(p_object, p_at)
    when 'account' then payments.apply_account(p_object)
    else payments.outcome('ignored')
  end;
end;
$$;
comment on function payments.apply_stripe_object(jsonb, timestamptz) is
  'Applies an object of Stripe to our rows and says what came of it; kinds we do not use are ignored.';
revoke all on function payments.apply_stripe_object(jsonb, timestamptz) from public;
