-- Store the provider's answer to a prepared payment by PIX, in the shape of Stripe's payment intent, then process the news that
-- came before it. A code that no bank could read, or that asks for another amount, is refused.
-- The answer is the charge that counts, where another was known first that one, or null: then the payment was called off meanwhile.
-- Who: service_role. Locks: the order, the payment, what the line locks, waiting events of the object.
-- Fails with: FORBIDDEN, NOT_FOUND, INVALID_PARAMETER (not a payment intent, or that of another payment), PAYMENT_FAILED.
create or replace function payments.record_pix_charge(p_payment_id uuid, p_pix_charge jsonb, p_qr_code_base64 text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_id constant text := payments.stripe_id(p_pix_charge -> 'id');
  v_code constant jsonb := p_pix_charge #> '{next_action,pix_display_qr_code}';
  v_payment payments.payments;
  v_problem text;
  v_tax bigint;
begin
  perform access.require_service();
  v_payment := payments.lock_payment(p_payment_id);
  if v_payment.id is null then
    perform core.raise('NOT_FOUND', jsonb_build_object('payment_id', p_payment_id));
  end if;
  perform core.require_valid('pix_charge',
    p_pix_charge ->> 'object' = 'payment_intent' and v_id is not null
      and payments.metadata_id(p_pix_charge, 'payment_id') = p_payment_id
      and coalesce(p_pix_charge ->> 'provider', 'stripe') = v_payment.provider, 'a payment of the provider that names ours');

  if p_pix_charge ->> 'status' = 'requires_action' and coalesce(v_payment.gateway_payment_intent_id, v_id) = v_id then
    v_problem := payments.br_code_problem(v_code ->> 'data', v_payment.amount);
    if v_problem is not null then
      perform core.raise('PAYMENT_FAILED', jsonb_build_object('provider', v_payment.provider, 'reason', 'The PIX code ' || v_problem || '.'));
    end if;
    v_tax := round(v_payment.amount * (core.setting('payments.pix', v_payment.city_code) ->> 'iof_basis_points')::numeric / 10000);
    insert into payments.pix_charges
      (payment_id, city_code, provider, provider_charge_id, txid, qr_code_base64, qr_code_text, original_amount, iof_amount, net_amount,
       expires_at)
    values
      (p_payment_id, v_payment.city_code, v_payment.provider, v_id, v_code ->> 'txid', p_qr_code_base64, v_code ->> 'data',
       v_payment.amount, v_tax, v_payment.amount - v_tax,
       least(payments.stripe_time(v_code, 'expires_at'), (v_payment.metadata ->> 'expires_at')::timestamptz))
    on conflict (payment_id) do nothing;
  end if;

  perform payments.ingest_stripe_object(p_pix_charge);
  perform payments.end_pix_charge(p) from payments.payments as p where p.id = p_payment_id and p.status in ('cancelled', 'expired');
  return payments.describe_pix_charge(p_payment_id);
end;
$$;
comment on function payments.record_pix_charge(uuid, jsonb, text) is
  'Stores the PIX charge that the provider made for a payment, and returns what its customer needs.';
revoke all on function payments.record_pix_charge(uuid, jsonb, text) from public;
grant execute on function payments.record_pix_charge(uuid, jsonb, text) to service_role;
