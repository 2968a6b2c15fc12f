-- The properties of a city with a unit free for every night of a stay, a page of them, and what one can filter by.
-- Restrictions are those of broken_rules, prices those of quote, here for all units at once and without rate plans:
-- price_from is what the cheapest unit costs in all.
-- Filters narrow the page; the filter options describe everything that is free. Only what is filtered and sorted by is carried
-- along; cards are made for the page alone. Planned once per session, for dates it does not know: hence a list of dates, which
-- the planner guesses better than a range, and no sorting of nights.
-- Who: everybody. Locks: none. Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER, NOT_FOUND (city).
create or replace function lodging.search_availability(
  p_city_code text, p_check_in date, p_check_out date, p_guests jsonb, p_filters jsonb, p_pagination jsonb, p_sort text)
returns jsonb
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set enable_sort = off
as $$
declare
  v_started constant timestamptz := clock_timestamp();
  v_nights integer;
  v_dates date[];
  v_guests record;
  v_sleepers integer;
  v_types constant text[] := lodging.read_texts('filters.property_types', p_filters -> 'property_types');
  v_amenities constant text[] := lodging.read_texts('filters.amenities', p_filters -> 'amenities');
  v_min_price constant bigint := lodging.read_number('filters.min_price', p_filters -> 'min_price', 0, 1000000000000, null);
  v_max_price constant bigint := lodging.read_number('filters.max_price', p_filters -> 'max_price', 0, 1000000000000, null);
  v_page constant record := lodging.read_pagination(p_pagination);
  v_sort constant text := coalesce(p_sort, 'popular');
  v_tax_rate constant numeric := core.setting('lodging.tax_rate', p_city_code)::numeric;
  v_fees constant bigint := core.setting('lodging.fee_amount', p_city_code)::bigint;
  v_discount numeric;
  v_rating numeric;
  v_city core.cities;
  v_days_ahead integer;
  v_answer jsonb;
begin
  perform core.require('city_code', p_city_code is not null);
  perform lodging.require_stay(p_check_in, p_check_out);
  v_guests := lodging.read_guests(p_guests);
  v_sleepers := v_guests.adults + v_guests.children;
  perform lodging.require_object('filters', p_filters, array['property_types', 'min_price', 'max_price', 'amenities', 'rating']);
  perform core.require_valid('filters.rating', coalesce(p_filters -> 'rating', 'null') = 'null'
    or (jsonb_typeof(p_filters -> 'rating') = 'number' and (p_filters -> 'rating')::numeric between 0 and 5), 'a number from 0 to 5');
  v_rating := (p_filters ->> 'rating')::numeric;
  perform core.require_valid('sort', v_sort in ('price_asc', 'price_desc', 'rating_desc', 'popular'),
    'price_asc, price_desc, rating_desc or popular');
  v_city := lodging.require_city(p_city_code);
  v_nights := p_check_out - p_check_in;
  v_dates := array(select p_check_in + g.i from generate_series(0, v_nights - 1) as g (i));
  v_days_ahead := p_check_in - core.today(p_city_code);
  v_discount := coalesce(
    (select d.percent from lodging.stay_discounts_of(p_city_code, v_nights) as d where d.property_id is null), 0);

  with free_units as (
    select c.unit_id, c.property_id,
      sum(coalesce(c.discounted_price, c.base_price))::bigint as price,
      min(c.allotment - c.bookings_count - c.temp_holds) as rooms
    from lodging.availability_calendar as c
    where c.city_code = p_city_code and c.date = any (v_dates)
      and c.is_available and not c.is_blocked and c.allotment - c.bookings_count - c.temp_holds >= 1
      and c.max_guests >= v_sleepers
      and c.min_stay_through <= v_nights and (c.max_stay_through is null or c.max_stay_through >= v_nights)
      and (c.date > p_check_in
           or (not c.closed_to_arrival and c.min_stay <= v_nights and (c.max_stay is null or c.max_stay >= v_nights)))
    group by c.unit_id, c.property_id
    having count(*) >= v_nights
  ), found as (
    select f.property_id, sum(f.rooms) as available_units, min(f.price) as price
    from free_units as f
    where f.unit_id not in (
        select u.id from lodging.unit_map as u
        where u.city_code = p_city_code
          and not (u.is_active and u.max_adults >= v_guests.adults and u.max_children >= v_guests.children
                   and v_days_ahead between u.min_advance_days and u.max_advance_days))
      and f.unit_id not in (
        select d.unit_id from lodging.availability_calendar as d
        where d.city_code = p_city_code and d.date = p_check_out and d.closed_to_departure)
    group by f.property_id
  ), offers as materialized (
    select p.id, p.property_type, p.rating, p.review_count, p.amenities, p.is_featured, f.available_units,
      lodging.with_taxes(f.price, coalesce(p.tax_rate, v_tax_rate), coalesce(p.fee_amount, v_fees)) as price_from
    from (
      select f.property_id, f.available_units, lodging.discounted(f.price, coalesce(d.percent, v_discount)) as price
      from found as f
      left join lodging.stay_discounts_of(p_city_code, v_nights) as d on d.property_id = f.property_id
      offset 0) as f
    join lodging.properties_map as p on p.id = f.property_id
    where p.city_code = p_city_code and p.is_active and p.is_published and p.deleted_at is null
  ), wanted as materialized (
    select o.*
    from offers as o
    where (v_types is null or o.property_type = any (v_types)) and (v_amenities is null or o.amenities @> v_amenities)
      and (v_min_price is null or o.price_from >= v_min_price) and (v_max_price is null or o.price_from <= v_max_price)
      and (v_rating is null or o.rating >= v_rating)
  ), page as (
    select o.*, row_number() over () as position
    from (
      select o.id, o.price_from, o.available_units
      from wanted as o
      order by
        case v_sort when 'price_asc' then o.price_from when 'price_desc' then -o.price_from end,
        case v_sort when 'rating_desc' then -o.rating when 'popular' then -o.is_featured::integer end,
        o.review_count desc, o.rating desc, o.id
      limit v_page.per_page offset (v_page.page - 1) * v_page.per_page) as o
  ), summary as (
    select min(o.price_from) as min_price, max(o.price_from) as max_price,
      array[count(*) filter (where o.rating >= 1), count(*) filter (where o.rating >= 2),
        count(*) filter (where o.rating >= 3), count(*) filter (where o.rating >= 4)] as rated
    from offers as o
  )
  select jsonb_build_object(
    'properties', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', p.id, 'slug', p.slug, 'name', p.name, 'property_type', p.property_type,
        'location', jsonb_build_object('city', v_city.name, 'state', coalesce(p.state, v_city.state)),
        'rating', p.rating, 'review_count', p.review_count, 'price_from', g.price_from, 'currency', p.currency,
        'images', p.images, 'amenities', p.amenities, 'available', true, 'available_units', g.available_units)
        order by g.position), '[]')
      from page as g join lodging.properties_map as p on p.id = g.id),
    'pagination', lodging.describe_pagination(v_page.page, v_page.per_page, (select count(*) from wanted as w)),
    'filters', jsonb_build_object(
      'property_types', (
        select coalesce(jsonb_agg(jsonb_build_object('value', t.value, 'count', t.count) order by t.count desc, t.value), '[]')
        from (select o.property_type as value, count(*) as count from offers as o group by 1) as t),
      'amenities', (
        select coalesce(jsonb_agg(jsonb_build_object('value', t.value, 'count', t.count) order by t.count desc, t.value), '[]')
        from (
          select a.value, sum(o.count) as count
          from (select o.amenities, count(*) as count from offers as o group by 1) as o
          cross join unnest(o.amenities) as a (value)
          group by 1) as t),
      'ratings', (
        select jsonb_agg(jsonb_build_object('value', r.value, 'count', r.count) order by r.value desc)
        from unnest(s.rated) with ordinality as r (count, value)),
      'price_range', jsonb_build_object('min', s.min_price, 'max', s.max_price)),
    'metadata', jsonb_build_object('query_time_ms', 0, 'cache_hit', false))
  into v_answer
  from summary as s;
  return jsonb_set(v_answer, '{metadata,query_time_ms}',
    to_jsonb(round(extract(epoch from clock_timestamp() - v_started) * 1000)::integer));
end;
$$;
comment on function lodging.search_availability(text, date, date, jsonb, jsonb, jsonb, text) is
  'Properties free for a stay, page by page, with filter options and their counts. Prices are totals in minor units.';
revoke all on function lodging.search_availability(text, date, date, jsonb, jsonb, jsonb, text) from public;
grant execute on function lodging.search_availability(text, date, date, jsonb, jsonb, jsonb, text) to anon, authenticated, service_role;
