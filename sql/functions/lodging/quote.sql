-- What a stay costs now, in a rate plan or, where that is null, by the calendar alone.
-- base_price is what its nights cost undiscounted; a plan that makes nights dearer raises it.
-- Who: functions of ours. Locks: none. Amounts in minor units; each percentage is taken once per stay and rounded half up.
create or replace function lodging.quote(p_unit_id uuid, p_rate_plan_id uuid, p_check_in date, p_check_out date)
returns table (base_price bigint, discount_amount bigint, taxes bigint, fees bigint, total_amount bigint, currency text)
language sql stable security definer
set search_path = ''
as $$
  select n.base_price, n.base_price - s.price, t.total - s.price - f.fees, f.fees, t.total, p.currency
  from lodging.unit_map as u
  join lodging.properties_map as p on p.id = u.property_id
  cross join lateral (
    select sum(greatest(c.base_price, q.price))::bigint as base_price, sum(q.price)::bigint as price
    from lodging.availability_calendar as c
    left join lodging.rate_plans as r on r.id = p_rate_plan_id
    left join lodging.rate_plan_prices as x on x.rate_plan_id = p_rate_plan_id and x.unit_id = c.unit_id and x.date = c.date
    cross join lateral (select coalesce(
      x.price, lodging.night_price(coalesce(c.discounted_price, c.base_price), r.percent_change, r.fixed_change)) as price) as q
    where c.unit_id = u.id and c.date >= p_check_in and c.date < p_check_out) as n
  cross join lateral (
    select coalesce(max(d.percent) filter (where d.property_id is not null), max(d.percent), 0) as percent
    from lodging.stay_discounts_of(u.city_code, p_check_out - p_check_in) as d
    where d.property_id is null or d.property_id = p.id) as d
  cross join lateral (select lodging.discounted(n.price, d.percent) as price) as s
  cross join lateral (select coalesce(p.fee_amount, core.setting('lodging.fee_amount', u.city_code)::bigint) as fees) as f
  cross join lateral (select lodging.with_taxes(
    s.price, coalesce(p.tax_rate, core.setting('lodging.tax_rate', u.city_code)::numeric), f.fees) as total) as t
  where u.id = p_unit_id
$$;
comment on function lodging.quote(uuid, uuid, date, date) is 'Price of a stay by its parts; total = base_price - discount_amount + taxes + fees.';
revoke all on function lodging.quote(uuid, uuid, date, date) from public;
