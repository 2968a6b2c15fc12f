-- The payment provider sent our balance to our bank; a negative amount came back.
-- Who: payments. Locks: none. Once per reference and direction.
-- Fails with: nothing of ours.
create or replace function ledger.record_bank_transfer(
  p_city_code text, p_currency text, p_amount bigint, p_reference text, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  return ledger.post('bank_transfer', p_city_code, null,
    case when p_amount >= 0
      then ledger.move('merchant_account', 'cash_reserve', p_amount, 'bank_transfer', 'gateway', p_currency => p_currency)
      else ledger.move('cash_reserve', 'merchant_account', -p_amount, 'bank_transfer', 'gateway', p_currency => p_currency)
    end,
    p_event_at, format('bank_transfer:%s:%s', p_reference, case when p_amount >= 0 then 'out' else 'back' end),
    jsonb_build_object('reference', p_reference));
end;
$$;
comment on function ledger.record_bank_transfer(text, text, bigint, text, timestamptz) is
  'Posts a transfer between the payment provider and our bank.';
revoke all on function ledger.record_bank_transfer(text, text, bigint, text, timestamptz) from public;
