-- Why a unit cannot be booked for certain nights: every rule that is broken, with the night and the limit it concerns.
-- What a rate plan says of a night comes before what the calendar says.
-- Who: functions of ours. Locks: none.
create or replace function lodging.broken_rules(p_unit_id uuid, p_check_in date, p_check_out date, p_rate_plan_id uuid default null)
returns jsonb
language sql volatile security definer
set search_path = ''
as $$
  with stay as (
    select p_check_out - p_check_in as nights, p_check_in - core.today(u.city_code) as days_ahead,
      u.min_advance_days, u.max_advance_days,
      u.is_active and p.is_active and p.is_published and p.deleted_at is null and c.is_active as is_on_sale
    from lodging.unit_map as u
    join lodging.properties_map as p on p.id = u.property_id
    join core.cities as c on c.code = u.city_code
    where u.id = p_unit_id
  ), broken as (
    select null::date as date, r.rule, r.rule_limit
    from stay as s
    cross join lateral (values
      ('not_on_sale', not s.is_on_sale, null::integer),
      ('too_short_notice', s.days_ahead < s.min_advance_days, s.min_advance_days),
      ('too_far_ahead', s.days_ahead > s.max_advance_days, s.max_advance_days)
    ) as r (rule, is_broken, rule_limit)
    where r.is_broken
    union all
    select n.date, r.rule, r.rule_limit
    from stay as s
    cross join lateral (select p_check_in + g.i as date, p_check_in + g.i = p_check_in as is_arrival
                        from generate_series(0, s.nights - 1) as g (i)) as n
    left join lodging.availability_calendar as c on c.unit_id = p_unit_id and c.date = n.date
    left join lodging.rate_plan_prices as x on x.rate_plan_id = p_rate_plan_id and x.unit_id = c.unit_id and x.date = c.date
    cross join lateral (select
      coalesce(x.min_stay, c.min_stay) as min_stay, coalesce(x.max_stay, c.max_stay) as max_stay,
      coalesce(x.min_stay_through, c.min_stay_through) as min_stay_through,
      coalesce(x.max_stay_through, c.max_stay_through) as max_stay_through) as l
    cross join lateral (values
      ('not_offered', c.unit_id is null, null::integer),
      ('closed', not c.is_available or c.is_blocked or not coalesce(x.is_available, true), null),
      ('sold_out', c.allotment - c.bookings_count - c.temp_holds < 1, null),
      ('closed_to_arrival', n.is_arrival and coalesce(x.closed_to_arrival, c.closed_to_arrival), null),
      ('min_stay', n.is_arrival and s.nights < l.min_stay, l.min_stay),
      ('max_stay', n.is_arrival and s.nights > l.max_stay, l.max_stay),
      ('min_stay_through', s.nights < l.min_stay_through, l.min_stay_through),
      ('max_stay_through', s.nights > l.max_stay_through, l.max_stay_through)
    ) as r (rule, is_broken, rule_limit)
    where r.is_broken
    union all
    select c.date, 'closed_to_departure', null
    from lodging.availability_calendar as c
    left join lodging.rate_plan_prices as x on x.rate_plan_id = p_rate_plan_id and x.unit_id = c.unit_id and x.date = c.date
    where c.unit_id = p_unit_id and c.date = p_check_out and coalesce(x.closed_to_departure, c.closed_to_departure)
  )
  select coalesce(
    jsonb_agg(jsonb_strip_nulls(jsonb_build_object('rule', b.rule, 'date', b.date, 'limit', b.rule_limit))
              order by b.date nulls first, b.rule), '[]')
  from broken as b
$$;
comment on function lodging.broken_rules(uuid, date, date, uuid) is 'Array of {rule, date, limit}; empty if the unit can be booked for the stay.';
revoke all on function lodging.broken_rules(uuid, date, date, uuid) from public;
