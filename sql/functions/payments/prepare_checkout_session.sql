-- Prepare a payment on the provider's own page: what to ask of the provider. Its answer goes to record_checkout_session.
-- The page closes when the line gives the order up. The provider keeps pages open for half an hour at least and a day at most: where
-- the line gives up sooner, calling the payment off closes the page.
-- Who: service_role, with the claims and session of the order's customer. Locks, fails with: as start_payment;
-- FORBIDDEN, MISSING_REQUIRED_FIELD, INVALID_PARAMETER.
create or replace function payments.prepare_checkout_session(
  p_booking_id uuid, p_session_id text, p_success_url text, p_cancel_url text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_now constant timestamptz := core.now();
  v_payment payments.payments;
  v_pay_by timestamptz;
begin
  perform access.require_service();
  perform core.require('success_url', p_success_url is not null);
  perform payments.require_page('success_url', p_success_url);
  perform payments.require_page('cancel_url', p_cancel_url);

  v_payment := payments.start_payment(p_booking_id, 'stripe_checkout', p_session_id);
  v_pay_by := payments.pay_by(p_booking_id);

  return payments.provider_request(v_payment) || jsonb_build_object(
    'checkout_session_id', v_payment.stripe_checkout_session_id,
    'success_url', p_success_url, 'cancel_url', p_cancel_url, 'pay_by', v_pay_by,
    'expires_at', trunc(extract(epoch from
      least(greatest(coalesce(v_pay_by, 'infinity'), v_now + interval '31 minutes'), v_now + interval '23 hours'))));
end;
$$;
comment on function payments.prepare_checkout_session(uuid, text, text, text) is
  'Starts or continues the payment of an order on the provider''s page and returns the request to the provider; amount in minor units.';
revoke all on function payments.prepare_checkout_session(uuid, text, text, text) from public;
grant execute on function payments.prepare_checkout_session(uuid, text, text, text) to service_role;
