-- What a stay costs now.
-- Who: functions of ours. Locks: none. Amounts in minor units; the tax is rounded half up, once per stay.
create or replace function lodging.quote(p_city_code text, p_unit_id uuid, p_check_in date, p_check_out date)
returns table (base_price bigint, discount_amount bigint, taxes bigint, fees bigint, total_amount bigint, currency text)
language sql volatile security definer
set search_path = ''
as $$
  select n.base_price, n.base_price - n.price, n.taxes, n.fees, n.price + n.taxes + n.fees, n.currency
  from (
    select sum(c.base_price)::bigint as base_price,
      sum(coalesce(c.discounted_price, c.base_price))::bigint as price,
      round(sum(coalesce(c.discounted_price, c.base_price)) * core.setting('lodging.tax_rate', p_city_code)::numeric)::bigint as taxes,
      core.setting('lodging.fee_amount', p_city_code)::bigint as fees,
      min(c.currency) as currency
    from lodging.availability_calendar as c
    where c.unit_id = p_unit_id and c.date >= p_check_in and c.date < p_check_out
  ) as n
$$;
comment on function lodging.quote(text, uuid, date, date) is 'Price of a stay by its parts; total = base_price - discount_amount + taxes + fees.';
revoke all on function lodging.quote(text, uuid, date, date) from public;
