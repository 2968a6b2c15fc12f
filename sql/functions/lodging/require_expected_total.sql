-- Demand that a price is the one the client has shown, where it says so.
-- Who: create_booking_intent. Fails with: PRICE_CHANGED.
create or replace function lodging.require_expected_total(p_expected_total bigint, p_total_amount bigint, p_currency text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if p_expected_total <> p_total_amount then
    perform core.raise('PRICE_CHANGED', jsonb_build_object(
      'expected_total', p_expected_total, 'total_amount', p_total_amount, 'currency', p_currency));
  end if;
end;
$$;
comment on function lodging.require_expected_total(bigint, bigint, text) is 'Raises PRICE_CHANGED with both totals where another one was expected.';
revoke all on function lodging.require_expected_total(bigint, bigint, text) from public;
