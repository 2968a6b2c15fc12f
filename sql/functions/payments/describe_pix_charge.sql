-- What a customer needs to pay a charge that is open.
-- Who: functions of ours. Locks: none.
create or replace function payments.describe_pix_charge(p_payment_id uuid)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'payment_id', p.id, 'pix_charge_id', c.id, 'provider', c.provider, 'qr_code_base64', c.qr_code_base64,
    'qr_code_text', c.qr_code_text, 'expires_at', c.expires_at, 'amount', c.original_amount, 'currency', p.currency)
  from payments.pix_charges as c
  join payments.payments as p on p.id = c.payment_id
  where c.payment_id = p_payment_id and c.status = 'pending' and c.expires_at > (select core.now())
$$;
comment on function payments.describe_pix_charge(uuid) is 'The open PIX charge of a payment; null where there is none. amount in minor units.';
revoke all on function payments.describe_pix_charge(uuid) from public;
