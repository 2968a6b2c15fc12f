-- Prepare a payment by PIX: what to ask of the provider. The provider's answer goes to record_pix_charge.
-- While a charge is open, that is the answer. A new one is paid within its time, or within that in which the line gives the order up.
-- Who: service_role, with the claims and session of the order's customer. Locks, fails with: as start_payment;
-- FORBIDDEN, MISSING_REQUIRED_FIELD, INVALID_PARAMETER (provider, or an order that is not in BRL).
create or replace function payments.prepare_pix_charge(p_booking_id uuid, p_session_id text, p_provider text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_now constant timestamptz := core.now();
  v_payment payments.payments;
  v_payer jsonb;
  v_expires_at timestamptz;
begin
  perform access.require_service();
  perform core.require('booking_intent_id', p_booking_id is not null);
  perform core.require_valid('provider', p_provider in ('stripe', 'mercadopago', 'openpix'), 'stripe, mercadopago or openpix');
  perform core.require_valid('provider', not exists (
    select from payments.orders as o where o.id = p_booking_id and o.currency <> 'BRL'), 'another way to pay: PIX is in BRL');

  v_payment := payments.start_payment(
    p_booking_id, case p_provider when 'openpix' then p_provider else p_provider || '_pix' end::payments.payment_method, p_session_id);
  v_payer := payments.payer(p_booking_id);
  perform core.require('traveler.email', p_provider <> 'mercadopago' or v_payer ->> 'email' is not null);

  v_expires_at := (v_payment.metadata ->> 'expires_at')::timestamptz;
  if v_expires_at is null or v_expires_at <= v_now then
    v_expires_at := date_trunc('second', greatest(v_now + interval '1 minute', least(payments.pay_by(p_booking_id),
      v_now + make_interval(secs => (core.setting('payments.pix') ->> 'expires_seconds')::double precision))));
    update payments.payments as p set metadata = p.metadata || jsonb_build_object('expires_at', v_expires_at)
    where p.id = v_payment.id;
  end if;
  return payments.provider_request(v_payment) || jsonb_build_object(
    'provider', p_provider, 'payer', v_payer, 'expires_at', extract(epoch from v_expires_at)::bigint,
    'pix_charge', payments.describe_pix_charge(v_payment.id));
end;
$$;
comment on function payments.prepare_pix_charge(uuid, text, text) is
  'Starts or continues the payment of an order by PIX and returns the request to the provider; amount in minor units, expires_at in seconds since 1970.';
revoke all on function payments.prepare_pix_charge(uuid, text, text) from public;
grant execute on function payments.prepare_pix_charge(uuid, text, text) to service_role;
