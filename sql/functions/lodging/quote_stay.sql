-- What a unit costs for a stay: by the calendar, and in each rate plan that sells it; nothing where it cannot be booked.
-- The total of an offer is what create_booking_intent charges, and what its expected_total is compared with.
-- Who: everybody. Locks: none. Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER, NOT_FOUND.
create or replace function lodging.quote_stay(p_unit_id uuid, p_check_in date, p_check_out date)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform core.require('unit_id', p_unit_id is not null);
  perform lodging.require_stay(p_check_in, p_check_out);
  perform lodging.require_published(p_unit_id);

  return (
    select jsonb_build_object(
      'unit_id', u.id, 'check_in', p_check_in, 'check_out', p_check_out, 'nights', p_check_out - p_check_in,
      'currency', u.currency,
      'offers', coalesce(jsonb_agg(jsonb_build_object(
        'rate_plan_id', r.id, 'code', r.code, 'name', r.name,
        'cancellation', (
          select coalesce(t.description, t.policy_type::text) from lodging.cancellation_policy(u.city_code, u.property_id, r.id) as t),
        'price_breakdown', lodging.describe_price(q.base_price, q.taxes, q.fees, q.discount_amount, q.total_amount))
        order by r.id is not null, q.total_amount, r.code) filter (where q.total_amount is not null), '[]'))
    from lodging.unit_map as u
    cross join lateral (
      select null::uuid as id, null as code, null as name
      union all
      select p.id, p.code, p.name from lodging.rate_plans as p where p.property_id = u.property_id and p.is_active) as r
    left join lateral (
      select q.* from lodging.quote(u.id, r.id, p_check_in, p_check_out) as q
      where lodging.broken_rules(u.id, p_check_in, p_check_out, r.id) = '[]') as q on true
    where u.id = p_unit_id
    group by u.id);
end;
$$;
comment on function lodging.quote_stay(uuid, date, date) is 'The prices of a unit for a stay: without a rate plan, and in each that sells it.';
revoke all on function lodging.quote_stay(uuid, date, date) from public;
grant execute on function lodging.quote_stay(uuid, date, date) to anon, authenticated, service_role;
