begin;
select plan(19);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
insert into core.settings (key, city_code, value) values ('lodging.tax_rate', 'URB', '0.05'), ('lodging.fee_amount', 'URB', '250');
insert into lodging.cancellation_policies (id, city_code, property_id, policy_type, is_active) values (tests.id('none'), 'URB', tests.id('house'), 'non_refundable', false);
insert into lodging.rate_plans (id, property_id, code, name, percent_change, fixed_change, is_active) values
  (tests.id('saver'), tests.id('house'), 'NRF', 'Non-refundable', -10, 0, true), (tests.id('breakfast'), tests.id('house'), 'BB', 'With breakfast', 0, 3000, true),
  (tests.id('old'), tests.id('house'), 'OLD', 'Not sold any more', -50, 0, false);
update lodging.cancellation_policies set is_active = false;
update lodging.cancellation_policies set is_active = true where id = tests.id('none');
update lodging.rate_plans set cancellation_policy_id = tests.id('none') where code = 'NRF';
create function pg_temp.quoted(p_first integer default 10, p_nights integer default 3) returns jsonb language sql as $$
  select api.quote_stay(tests.id('double'), tests.night(p_first), tests.night(p_first + p_nights))
$$;
create function pg_temp.offers(p_first integer default 10, p_nights integer default 3) returns text language sql as $$
  select string_agg(concat_ws(' ', o ->> 'code', o #>> '{price_breakdown,total}'), ', ' order by n)
  from jsonb_array_elements(pg_temp.quoted(p_first, p_nights) -> 'offers') with ordinality as x (o, n)
$$;

-- a guest
select tests.as_anon();
select is(pg_temp.quoted() - 'offers', jsonb_build_object('unit_id', tests.id('double'), 'check_in', '2030-05-11', 'check_out', '2030-05-14', 'nights', 3, 'currency', 'BRL'),
  'a quote says for which stay it is');
select is(pg_temp.quoted() #> '{offers,1}', jsonb_build_object('rate_plan_id', tests.id('saver'), 'code', 'NRF', 'name', 'Non-refundable', 'cancellation', 'non_refundable',
  'price_breakdown', '{"base_price": 30000, "discount": 3000, "taxes": 1350, "fees": 250, "total": 28600}'::jsonb), 'and what each offer is');
select is(pg_temp.offers(), '31750, NRF 28600, BB 41200', 'the price without a plan comes first, then the plans that are sold, the cheapest first');
select is(pg_temp.quoted() #> '{offers,0,rate_plan_id}', 'null', 'which is called by no name');

-- what is quoted is what is charged
create function pg_temp.charged(p_plan uuid) returns text language plpgsql as $$
declare
  v_offer jsonb := (select o from jsonb_array_elements(pg_temp.quoted() -> 'offers') as o where (o ->> 'rate_plan_id')::uuid is not distinct from p_plan);
  v_intent jsonb := api.create_booking_intent(
    p_session_id => tests.session('ana'), p_city_code => 'URB', p_property_id => tests.id('house'), p_unit_id => tests.id('double'), p_rate_plan_id => p_plan,
    p_check_in => tests.night(10), p_check_out => tests.night(13), p_guests => '{"adults": 2}', p_expected_total => (v_offer #>> '{price_breakdown,total}')::bigint);
begin
  perform api.cancel_booking_intent((v_intent ->> 'booking_intent_id')::uuid, tests.session('ana'));
  return case when v_intent -> 'price_breakdown' = v_offer -> 'price_breakdown' then 'as quoted' else v_intent ->> 'price_breakdown' end;
end $$;
select is(pg_temp.charged(null), 'as quoted', 'a stay without a plan is charged as quoted');
select is(pg_temp.charged(tests.id('saver')), 'as quoted', 'one in a cheaper plan, too');
select is(pg_temp.charged(tests.id('breakfast')), 'as quoted', 'and one in a dearer plan');
reset role;
insert into lodging.stay_discounts (city_code, property_id, min_nights, percent) values ('URB', tests.id('house'), 3, 3.33);
update lodging.properties_map set tax_rate = 0.0777, fee_amount = 1;
update lodging.availability_calendar set discounted_price = 9001 where date = '2030-05-12' and unit_id = tests.id('double');
select tests.as_anon();
select is(pg_temp.charged(null), 'as quoted', 'so it is with discounts, and a property''s own taxes and fees');
select is(pg_temp.charged(tests.id('breakfast')), 'as quoted', 'in every plan');
select is(api.search_availability('URB', '2030-05-11', '2030-05-14', '{"adults": 2}') #> '{properties,0,price_from}', pg_temp.quoted() #> '{offers,0,price_breakdown,total}',
  'a search shows the price without a plan');

-- restrictions
reset role;
insert into lodging.rate_plan_prices (rate_plan_id, unit_id, date, property_id, min_stay) values (tests.id('saver'), tests.id('double'), '2030-05-11', tests.id('house'), 4);
insert into lodging.rate_plan_prices (rate_plan_id, unit_id, date, property_id, min_stay) values (tests.id('breakfast'), tests.id('double'), '2030-05-11', tests.id('house'), 1);
update lodging.availability_calendar set min_stay = 2 where date = '2030-05-11' and unit_id = tests.id('double');
select tests.as_anon();
select is((select array_agg(o ->> 'code') from jsonb_array_elements(pg_temp.quoted() -> 'offers') as o), array[null, 'BB'], 'a plan that does not sell the stay is left out');
select is((select array_agg(o ->> 'code') from jsonb_array_elements(pg_temp.quoted(10, 1) -> 'offers') as o), array['BB'], 'one that does may be the only one');
select tests.hold('bia', 'double', 11, 1);
select is(pg_temp.quoted() -> 'offers', '[]', 'what is held by others has no offer');

-- errors
select tests.throws_code($$select api.quote_stay(null, '2030-05-11', '2030-05-14')$$, 'MISSING_REQUIRED_FIELD', 'a unit is needed');
select tests.throws_code($$select api.quote_stay(tests.id('double'), '2030-05-11')$$, 'MISSING_REQUIRED_FIELD', 'and both dates');
select tests.throws_code($$select api.quote_stay(tests.id('double'), '2030-05-11', '2030-05-11')$$, 'INVALID_PARAMETER', 'of a night at least');
select tests.throws_code($$select api.quote_stay(tests.id('nothing'), '2030-05-11', '2030-05-14')$$, 'NOT_FOUND', 'the unit must be there');
reset role;
update core.cities set is_active = false where code = 'URB';
select tests.as_anon();
select tests.throws_code($$select pg_temp.quoted()$$, 'NOT_FOUND', 'in a city that is open');
reset role;
update core.cities set is_active = true where code = 'URB';
update lodging.properties_map set is_published = false;
select tests.as_anon();
select tests.throws_code($$select pg_temp.quoted()$$, 'NOT_FOUND', 'and published');

reset role;
select * from finish();
rollback;
