-- A price by its parts, as guests see it.
-- Who: functions of ours. Locks: none.
create or replace function lodging.describe_price(p_base_price bigint, p_taxes bigint, p_fees bigint, p_discount bigint, p_total bigint)
returns jsonb
language sql immutable security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'base_price', p_base_price, 'taxes', p_taxes, 'fees', p_fees, 'discount', p_discount, 'total', p_total)
$$;
comment on function lodging.describe_price(bigint, bigint, bigint, bigint, bigint) is 'The parts of a price, and its total.';
revoke all on function lodging.describe_price(bigint, bigint, bigint, bigint, bigint) from public;
