begin;
select plan(3);

select tests.create_lodging();
select tests.create_city('SAO');
insert into lodging.stay_discounts (city_code, property_id, min_nights, percent, is_active) values
  ('URB', null, 3, 5, true), ('URB', null, 7, 10, true), ('URB', null, 8, 90, false), ('URB', tests.id('house'), 5, 8, true), ('SAO', null, 1, 50, true);
create function pg_temp.discounts(p_nights integer) returns text language sql as $$
  select string_agg(concat_ws(' ', p.slug, d.percent), ', ' order by p.slug nulls first)
  from lodging.stay_discounts_of('URB', p_nights) as d left join lodging.properties_map as p on p.id = d.property_id
$$;

select is(pg_temp.discounts(2), null, 'a short stay has no discount');
select is(pg_temp.discounts(4), '5.00', 'a longer one has that of the city');
select is(pg_temp.discounts(9), '10.00, house 8.00', 'of several the one for most nights, in the city and at each property');

select * from finish();
rollback;
