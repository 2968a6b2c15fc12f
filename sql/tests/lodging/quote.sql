begin;
select plan(33);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
create function pg_temp.quote() returns text language sql as $$
  select concat_ws(' ', q.base_price, q.discount_amount, q.taxes, q.fees, q.total_amount, q.currency)
  from lodging.quote(tests.id('double'), null, tests.night(10), tests.night(13)) as q
$$;

-- price
select is(pg_temp.quote(), '30000 0 0 0 30000 BRL', 'a stay costs the sum of its nights');
update lodging.availability_calendar set discounted_price = 9990 where unit_id = tests.id('double') and date in (tests.night(10), tests.night(13));
select is(pg_temp.quote(), '30000 10 0 0 29990 BRL', 'less the discounts of its nights');
insert into core.settings (key, city_code, value) values ('lodging.tax_rate', 'URB', '0.0005'), ('lodging.fee_amount', 'URB', '99');
select is(pg_temp.quote(), '30000 10 15 99 30104 BRL', 'and the city''s taxes and fees, rounded half up');
update core.settings set value = '0.00015' where key = 'lodging.tax_rate' and city_code = 'URB';
select is(pg_temp.quote(), '30000 10 4 99 30093 BRL', 'once for the stay');

-- long stays
delete from core.settings where key in ('lodging.tax_rate', 'lodging.fee_amount') and city_code = 'URB';
update lodging.availability_calendar set discounted_price = null;
insert into lodging.stay_discounts (city_code, property_id, min_nights, percent) values ('URB', null, 4, 50);
select is(pg_temp.quote(), '30000 0 0 0 30000 BRL', 'a stay too short for it has no discount');
insert into lodging.stay_discounts (city_code, property_id, min_nights, percent) values ('URB', null, 2, 3.335), ('URB', null, 3, 10.01);
select is(pg_temp.quote(), '30000 3003 0 0 26997 BRL', 'of the discounts that a stay is long enough for, that for most nights is given');
insert into lodging.stay_discounts (city_code, property_id, min_nights, percent) values ('URB', tests.id('house'), 4, 70);
select is(pg_temp.quote(), '30000 3003 0 0 26997 BRL', 'the property''s own counts only where the stay is long enough');
insert into lodging.stay_discounts (city_code, property_id, min_nights, percent) values ('URB', tests.id('house'), 1, 5), ('URB', tests.id('house'), 2, 6);
select is(pg_temp.quote(), '30000 1800 0 0 28200 BRL', 'and then before the city''s, even if it is less');
update lodging.stay_discounts set is_active = false where property_id is not null and min_nights < 4;
select is(pg_temp.quote(), '30000 3003 0 0 26997 BRL', 'what is not active counts for nothing');
select throws_ok($$insert into lodging.stay_discounts (city_code, property_id, min_nights, percent) values ('URB', null, 2, 1)$$, '23505', null, 'a length has one discount');
select throws_ok($$insert into lodging.stay_discounts (city_code, property_id, min_nights, percent) values ('ALL', tests.id('house'), 2, 1)$$, '23503', null, 'in the property''s own city');
select throws_ok($$insert into lodging.stay_discounts (city_code, property_id, min_nights, percent) values ('URB', null, 9, 100.01)$$, '23514', null, 'of all at most');
select results_eq($$select lodging.discounted(1050, 5), lodging.discounted(1049, 5), lodging.discounted(1050, 100)$$, 'values (997::bigint, 997::bigint, 0::bigint)', 'discounts are rounded half up');

-- a property's own taxes and fees
insert into core.settings (key, city_code, value) values ('lodging.tax_rate', 'URB', '0.05'), ('lodging.fee_amount', 'URB', '99');
select is(pg_temp.quote(), '30000 3003 1350 99 28446 BRL', 'taxes are those of the discounted price');
update lodging.properties_map set tax_rate = 0.1, fee_amount = 0;
select is(pg_temp.quote(), '30000 3003 2700 0 29697 BRL', 'a property''s own taxes and fees come before the city''s, also if there are none');
update lodging.properties_map set tax_rate = null, fee_amount = null;
delete from core.settings where city_code = 'URB';
delete from lodging.stay_discounts;

-- rate plans
insert into lodging.rate_plans (id, property_id, code, name, percent_change, fixed_change) values
  (tests.id('saver'), tests.id('house'), 'NRF', 'Non-refundable', -10.05, 0), (tests.id('breakfast'), tests.id('house'), 'BB', 'With breakfast', 0, 3000),
  (tests.id('gift'), tests.id('house'), 'GIFT', 'A gift', -100, -1);
create function pg_temp.quote_in(p_plan text) returns text language sql as $$
  select concat_ws(' ', q.base_price, q.discount_amount, q.taxes, q.fees, q.total_amount, q.currency)
  from lodging.quote(tests.id('double'), tests.id(p_plan), tests.night(10), tests.night(13)) as q
$$;
update lodging.availability_calendar set discounted_price = 9990 where unit_id = tests.id('double') and date = tests.night(10);
select is(pg_temp.quote_in('saver'), '30000 3024 0 0 26976 BRL', 'a plan changes the price of each night by a percentage, rounded half up');
select is(pg_temp.quote_in('breakfast'), '38990 0 0 0 38990 BRL', 'or by an amount; what is dearer than the calendar says is no discount');
select is(pg_temp.quote_in('gift'), '30000 30000 0 0 0 BRL', 'no night costs less than nothing');
insert into lodging.rate_plan_prices (rate_plan_id, unit_id, date, property_id, price) values
  (tests.id('saver'), tests.id('double'), tests.night(11), tests.id('house'), 5000), (tests.id('saver'), tests.id('double'), tests.night(12), tests.id('house'), null),
  (tests.id('saver'), tests.id('family'), tests.night(10), tests.id('house'), 1), (tests.id('saver'), tests.id('double'), tests.night(13), tests.id('house'), 1);
select is(pg_temp.quote_in('saver'), '30000 7019 0 0 22981 BRL', 'a night may have its own price in a plan, for the unit and the night it names');
insert into lodging.stay_discounts (city_code, property_id, min_nights, percent) values ('URB', null, 3, 10);
select is(pg_temp.quote_in('saver'), '30000 9317 0 0 20683 BRL', 'a long stay costs less in any plan');
delete from lodging.stay_discounts;
select throws_ok($$insert into lodging.rate_plan_prices (rate_plan_id, unit_id, date, property_id, price) values (tests.id('saver'), tests.id('double'), tests.night(14), tests.id('house'), -1)$$,
  '23514', null, 'prices are not negative');
select throws_ok($$insert into lodging.rate_plan_prices (rate_plan_id, unit_id, date, property_id, price) values (tests.id('saver'), tests.id('nowhere'), tests.night(14), tests.id('house'), 1)$$,
  '23503', null, 'a plan prices units of its property');
select throws_ok($$update lodging.rate_plans set percent_change = -100.01$$, '23514', null, 'a plan takes off all at most');

-- commission
select is(lodging.commission_rate('URB', tests.id('house')), 0.15, 'a property without terms has the city''s');
update lodging.commission_tiers set effective_from = '2029-01-01';
insert into lodging.commission_tiers (city_code, property_id, commission_rate, effective_from, effective_to, is_active) values
  ('URB', null, 0.20, '2030-05-01', null, true), ('URB', null, 0.30, '2030-05-02', null, true),
  ('URB', tests.id('house'), 0.05, '2030-01-01', '2030-04-30', true), ('URB', tests.id('house'), 0.06, '2030-01-02', null, false);
select is(lodging.commission_rate('URB', tests.id('house')), 0.20, 'of today: the latest that has begun');
insert into lodging.commission_tiers (city_code, property_id, commission_rate, effective_from, effective_to) values ('URB', tests.id('house'), 0.07, '2030-01-03', '2030-05-01');
select is(lodging.commission_rate('URB', tests.id('house')), 0.07, 'its own come first');
select tests.freeze_time('2030-05-02 02:59+00');
select is(lodging.commission_rate('URB', tests.id('house')), 0.07, 'to the end of the city''s own day');
select tests.freeze_time('2030-05-02 03:00+00');
select is(lodging.commission_rate('URB', tests.id('house')), 0.30, 'and not longer');
update lodging.commission_tiers set is_active = false;
select is(lodging.commission_rate('URB', tests.id('house')), 0.15, 'a city without terms has the default');

-- cancellation
insert into lodging.rate_plans (id, property_id, code, name) values (tests.id('plan'), tests.id('house'), 'STD', 'Standard');
insert into lodging.cancellation_policies (id, city_code, property_id, policy_type, is_active) values
  (tests.id('own'), 'URB', tests.id('house'), 'strict', true), (tests.id('old'), 'URB', tests.id('house'), 'flexible', false);
select is((lodging.cancellation_policy('URB', tests.id('double'))).policy_type, 'moderate', 'a property without terms has the city''s');
select is((lodging.cancellation_policy('URB', tests.id('house'))).id, tests.id('own'), 'its own come first');
select is((lodging.cancellation_policy('URB', tests.id('house'), tests.id('plan'))).id, tests.id('own'), 'also for a rate plan without any');
update lodging.rate_plans set cancellation_policy_id = (select id from lodging.cancellation_policies where property_id is null);
select is((lodging.cancellation_policy('URB', tests.id('house'), tests.id('plan'))).policy_type, 'moderate', 'a rate plan''s come before all');

select * from finish();
rollback;
