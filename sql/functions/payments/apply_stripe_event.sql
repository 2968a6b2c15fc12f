-- Apply the object of an event. One of another account or mode has failed: a person must correct the setting, or the webhook.
-- Of a connected account, and of another provider's payment, an event only says that it changed: how it is now is fetched, since events come in any order.
-- Who: process_stripe_event. Locks: those of apply_stripe_object.
create or replace function payments.apply_stripe_event(p_event payments.stripe_events)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_object constant jsonb := p_event.payload #> '{data,object}';
  v_is_account constant boolean := v_object ->> 'object' = 'account';
  v_expected constant jsonb := core.setting('stripe')
    || case when v_is_account then jsonb_build_object('account', p_event.account) else '{}' end;
  v_got constant jsonb := jsonb_build_object('livemode', p_event.livemode, 'account', p_event.account);
begin
  if v_object ->> 'object' = 'provider_payment' then
    return payments.hear_of_payment(v_object);
  end if;
  if v_object ->> 'object' not in ('payment_intent', 'checkout.session', 'charge', 'refund', 'dispute', 'transfer', 'account') then
    return payments.outcome('ignored');
  end if;
  if v_got <> v_expected then
    perform core.open_exception('stripe_event_mismatch', 'ALL', null, jsonb_build_object(
      'setting', 'stripe', 'expected', v_expected, 'got', v_got));
    return payments.outcome('failed');
  end if;
  if v_is_account then
    return payments.fetch_account(v_object ->> 'id');
  end if;
  return payments.apply_stripe_object(v_object, p_event.created);
end;
$$;
comment on function payments.apply_stripe_event(payments.stripe_events) is 'Applies an event of Stripe and says what came of it.';
revoke all on function payments.apply_stripe_event(payments.stripe_events) from public;
