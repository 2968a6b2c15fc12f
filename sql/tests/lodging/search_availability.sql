begin;
select plan(51);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
-- Three more properties of one unit each, at 80.00, 120.00 and 200.00 a night.
insert into lodging.properties_map (id, city_id, city_code, slug, name, property_type, amenities, rating, review_count, is_published, is_featured, images)
select tests.id(p.slug), c.id, c.code, p.slug, initcap(p.slug), p.property_type, p.amenities, p.rating, p.review_count, true, p.slug = 'cabin', array[p.slug || '.jpg']
from core.cities as c
cross join (values ('cabin', 'cabin', '{wifi}'::text[], 3.5, 5), ('chalet', 'chalet', '{wifi,fireplace,parking}', 4.9, 70), ('inn', 'pousada', '{}', 4.5, 30))
  as p (slug, property_type, amenities, rating, review_count)
where c.code = 'URB';
insert into lodging.unit_map (id, property_id, city_code, name, room_type, max_guests, max_adults, max_children)
select tests.id('unit of ' || p.slug), p.id, 'URB', 'Room', 'room', 6, 6, 6 from lodging.properties_map as p where p.slug <> 'house';
insert into lodging.availability_calendar (unit_id, date, city_code, property_id, max_guests, allotment, base_price, currency)
select u.id, tests.night(g.i), 'URB', u.property_id, 6, 2,
  case p.slug when 'cabin' then 8000 when 'chalet' then 12000 else 20000 end, 'BRL'
from generate_series(0, 59) as g (i) cross join lodging.unit_map as u join lodging.properties_map as p on p.id = u.property_id
where p.slug <> 'house';
create function pg_temp.search(p_changes jsonb default '{}') returns jsonb language sql as $$
  select api.search_availability(
    r ->> 'city_code', (r ->> 'check_in')::date, (r ->> 'check_out')::date, r -> 'guests', r -> 'filters', r -> 'pagination', r ->> 'sort')
  from (select '{"city_code": "URB", "check_in": "2030-05-11", "check_out": "2030-05-14", "guests": {"adults": 2}}' || p_changes as r) as request
$$;
create function pg_temp.found(p_changes jsonb default '{}') returns text language sql as $$
  select string_agg(p ->> 'slug', ' ' order by n) from jsonb_array_elements(pg_temp.search(p_changes) -> 'properties') with ordinality as x (p, n)
$$;

-- a guest
select tests.as_anon();
select is(pg_temp.search() #> '{properties,0}', jsonb_build_object('id', tests.id('cabin'), 'slug', 'cabin', 'name', 'Cabin', 'property_type', 'cabin',
  'location', '{"city": "URB", "state": null}'::jsonb, 'rating', 3.5, 'review_count', 5, 'price_from', 24000, 'currency', 'BRL', 'images', '["cabin.jpg"]'::jsonb,
  'amenities', '["wifi"]'::jsonb, 'available', true, 'available_units', 2), 'a card has what a list of results shows');
select is(pg_temp.search() -> 'pagination', '{"page": 1, "per_page": 20, "total": 4, "total_pages": 1}', 'a page has twenty of them');
select is(pg_temp.search() -> 'filters', '{
  "property_types": [{"value": "pousada", "count": 2}, {"value": "cabin", "count": 1}, {"value": "chalet", "count": 1}],
  "amenities": [{"value": "wifi", "count": 3}, {"value": "parking", "count": 2}, {"value": "fireplace", "count": 1}],
  "ratings": [{"value": 4, "count": 3}, {"value": 3, "count": 4}, {"value": 2, "count": 4}, {"value": 1, "count": 4}],
  "price_range": {"min": 24000, "max": 60000}}', 'one can filter by what there is');
select is(pg_temp.search() #> '{metadata,cache_hit}', 'false', 'nothing comes from a cache here');
select cmp_ok((pg_temp.search() #>> '{metadata,query_time_ms}')::integer, '>=', 0, 'and the time it took is told');

-- order
select is(pg_temp.found(c.sort), c.slugs, c.says)
from (values
  ('{}'::jsonb, 'cabin chalet inn house', 'featured ones come first, then those with most reviews'),
  ('{"sort": "popular"}', 'cabin chalet inn house', 'that order is called popular'),
  ('{"sort": "price_asc"}', 'cabin house chalet inn', 'the cheapest may come first'),
  ('{"sort": "price_desc"}', 'inn chalet house cabin', 'or the dearest'),
  ('{"sort": "rating_desc"}', 'chalet inn house cabin', 'or the best')
) as c (sort, slugs, says);

-- pages
select is(pg_temp.found('{"sort": "price_asc", "pagination": {"page": 2, "per_page": 3}}'), 'inn', 'the second page goes on after the first');
select is(pg_temp.search('{"pagination": {"page": 2, "per_page": 3}}') -> 'pagination', '{"page": 2, "per_page": 3, "total": 4, "total_pages": 2}', 'and knows how many there are');
select is(pg_temp.search('{"pagination": {"page": 9}}') -> 'properties', '[]', 'a page beyond the last is empty');

-- filters
select is(pg_temp.found(jsonb_build_object('sort', 'price_asc', 'filters', c.filters::jsonb)), c.slugs, c.says)
from (values
  ('{"property_types": ["pousada", "chalet"]}', 'house chalet inn', 'by one of several types'),
  ('{"amenities": ["wifi", "parking"]}', 'house chalet', 'by all of several amenities'),
  ('{"min_price": 24001, "max_price": 36000}', 'house chalet', 'by the price of the stay, both ends included'),
  ('{"rating": 4.5}', 'house chalet inn', 'by a rating at least'),
  ('{"rating": null, "amenities": []}', 'cabin house chalet inn', 'by nothing'),
  ('{"property_types": ["castle"]}', null, 'in vain')
) as c (filters, slugs, says);
select is(pg_temp.search('{"filters": {"property_types": ["castle"]}}') #> '{filters,price_range}', '{"min": 24000, "max": 60000}',
  'the options describe all that is free, so that one can widen again');

-- guests
select is(pg_temp.found('{"guests": {"adults": 5}, "sort": "price_asc"}'), 'cabin chalet inn', 'only units large enough are found');
select is(pg_temp.search('{"guests": {"adults": 3}, "sort": "price_asc"}') #>> '{properties,2,price_from}', '45000', 'and priced: the double is too small for three');
select is(pg_temp.found('{"guests": {"adults": 2, "children": 2, "infants": 9}, "sort": "price_asc"}'), 'cabin chalet house inn', 'infants need no bed');

-- what is not free
select tests.hold('ana', 'double');
select is(pg_temp.search('{"sort": "price_asc"}') #> '{properties,2}' ->> 'price_from', '45000', 'when the double is held, the family room is the cheapest');
reset role;
select is(jsonb_path_query_first(pg_temp.search(), '$.properties[*] ? (@.slug == "house").available_units'), '3', 'three rooms are left');
update lodging.availability_calendar set bookings_count = 1 where unit_id = tests.id('family') and date = '2030-05-12';
select is(jsonb_path_query_first(pg_temp.search(), '$.properties[*] ? (@.slug == "house").available_units'), '2', 'the scarcest night counts');
update lodging.properties_map set is_published = false where slug = 'inn';
update lodging.properties_map set is_active = false where slug = 'cabin';
update lodging.properties_map set deleted_at = now() where slug = 'chalet';
select is(pg_temp.found(), 'house', 'what is not published, not active or deleted is not found');
update lodging.unit_map set is_active = false;
select is(pg_temp.search() - 'metadata', '{"properties": [], "pagination": {"page": 1, "per_page": 20, "total": 0, "total_pages": 0},
  "filters": {"property_types": [], "amenities": [], "ratings": [{"value": 4, "count": 0}, {"value": 3, "count": 0}, {"value": 2, "count": 0}, {"value": 1, "count": 0}],
    "price_range": {"min": null, "max": null}}}', 'a city without free units has an empty answer');
update lodging.unit_map set is_active = true;

-- price and total are one
insert into core.settings (key, city_code, value) values ('lodging.tax_rate', 'URB', '0.0333'), ('lodging.fee_amount', 'URB', '777');
update lodging.availability_calendar set discounted_price = 14001 where unit_id = tests.id('family');
select is(pg_temp.search() #> '{properties,0,price_from}', tests.hold('bia', 'family') -> 'total_amount', 'the price found is the price charged');

insert into lodging.stay_discounts (city_code, property_id, min_nights, percent) values ('URB', null, 3, 7.77);
select is(pg_temp.search() #> '{properties,0,price_from}', tests.hold('bia', 'family', guests => '{"adults": 1}') -> 'total_amount', 'with the city''s discount for long stays');
insert into lodging.stay_discounts (city_code, property_id, min_nights, percent) values ('URB', tests.id('house'), 2, 3.33);
update lodging.properties_map set tax_rate = 0.0777, fee_amount = 5;
select is(pg_temp.search() #> '{properties,0,price_from}', tests.hold('bia', 'family') -> 'total_amount', 'and with the property''s own, its taxes and its fee');

-- how
create temp table before as select pg_stat_get_xact_numscans('lodging.availability_calendar_city'::regclass) as scans;
select pg_temp.search();
select cmp_ok(pg_stat_get_xact_numscans('lodging.availability_calendar_city'::regclass), '>', before.scans, 'the index on city and date is read') from before;

-- errors
select tests.as_anon();
select tests.throws_code(format('select pg_temp.search(%L)', c.changes), c.code, c.says)
from (values
  ('{"city_code": null}', 'MISSING_REQUIRED_FIELD', 'a city is needed'),
  ('{"check_in": null}', 'MISSING_REQUIRED_FIELD', 'an arrival is needed'),
  ('{"guests": null}', 'MISSING_REQUIRED_FIELD', 'guests are needed'),
  ('{"city_code": "XYZ"}', 'NOT_FOUND', 'the city must be there'),
  ('{"check_out": "2030-05-11"}', 'INVALID_PARAMETER', 'a stay has a night'),
  ('{"check_out": "infinity"}', 'INVALID_PARAMETER', 'and an end'),
  ('{"check_in": "-infinity"}', 'INVALID_PARAMETER', 'and a beginning'),
  ('{"check_out": "5874897-12-31"}', 'INVALID_PARAMETER', 'not too far away'),
  ('{"sort": "cheapest"}', 'INVALID_PARAMETER', 'there are four orders'),
  ('{"pagination": {"page": 0}}', 'INVALID_PARAMETER', 'pages begin with one'),
  ('{"pagination": {"per_page": 51}}', 'INVALID_PARAMETER', 'a page holds fifty at most'),
  ('{"pagination": {"per_page": "20"}}', 'INVALID_PARAMETER', 'numbers are numbers'),
  ('{"pagination": {"size": 1}}', 'INVALID_PARAMETER', 'unknown keys are refused'),
  ('{"filters": {"stars": 5}}', 'INVALID_PARAMETER', 'here too'),
  ('{"filters": ["wifi"]}', 'INVALID_PARAMETER', 'filters are an object'),
  ('{"filters": {"amenities": "wifi"}}', 'INVALID_PARAMETER', 'amenities are an array'),
  ('{"filters": {"amenities": [1]}}', 'INVALID_PARAMETER', 'of strings'),
  ('{"filters": {"min_price": -1}}', 'INVALID_PARAMETER', 'a price is not negative'),
  ('{"filters": {"rating": 6}}', 'INVALID_PARAMETER', 'nothing is better than five')
) as c (changes, code, says);

reset role;
select * from finish();
rollback;
