-- Whether what the provider says is what we expect; if not, a person must look at it, and nothing is done.
-- Who: functions of ours. Locks: none.
create or replace function payments.agrees(p_payment payments.payments, p_object jsonb, p_expected jsonb, p_got jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if p_expected = p_got then
    return true;
  end if;
  perform core.open_exception('payment_mismatch', p_payment.city_code, p_payment.booking_id, jsonb_build_object(
    'payment_id', p_payment.id, 'object', p_object ->> 'id', 'expected', p_expected, 'got', p_got));
  return false;
end;
$$;
comment on function payments.agrees(payments.payments, jsonb, jsonb, jsonb) is
  'Compares expected facts with those of a provider''s object; opens an exception where they differ.';
revoke all on function payments.agrees(payments.payments, jsonb, jsonb, jsonb) from public;
