-- Arithmetic of prices, in minor units, rounded half up. Plain expressions, so that searches run them in place for every unit.
-- Who: functions of ours. Locks: none.

create or replace function lodging.night_price(p_price bigint, p_percent_change numeric, p_fixed_change bigint)
returns bigint
language sql immutable security invoker
begin atomic
  select greatest(0, p_price + coalesce(round(p_price * p_percent_change / 100)::bigint + p_fixed_change, 0));
end;
comment on function lodging.night_price(bigint, numeric, bigint) is 'What a night costs in a rate plan that changes its price so; unchanged where there is none.';
revoke all on function lodging.night_price(bigint, numeric, bigint) from public;

create or replace function lodging.discounted(p_price bigint, p_percent numeric)
returns bigint
language sql immutable security invoker
begin atomic
  select p_price - round(p_price * p_percent / 100)::bigint;
end;
comment on function lodging.discounted(bigint, numeric) is 'A price less so many percent.';
revoke all on function lodging.discounted(bigint, numeric) from public;

create or replace function lodging.with_taxes(p_price bigint, p_tax_rate numeric, p_fees bigint)
returns bigint
language sql immutable security invoker
begin atomic
  select p_price + round(p_price * p_tax_rate)::bigint + p_fees;
end;
comment on function lodging.with_taxes(bigint, numeric, bigint) is 'What is to be paid for a price: with its tax, and the fees.';
revoke all on function lodging.with_taxes(bigint, numeric, bigint) from public;
