begin;
select plan(14);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
create function pg_temp.quote() returns text language sql as $$
  select concat_ws(' ', q.base_price, q.discount_amount, q.taxes, q.fees, q.total_amount, q.currency)
  from lodging.quote('URB', tests.id('double'), tests.night(10), tests.night(13)) as q
$$;

-- price
select is(pg_temp.quote(), '30000 0 0 0 30000 BRL', 'a stay costs the sum of its nights');
update lodging.availability_calendar set discounted_price = 9990 where unit_id = tests.id('double') and date in (tests.night(10), tests.night(13));
select is(pg_temp.quote(), '30000 10 0 0 29990 BRL', 'less the discounts of its nights');
insert into core.settings (key, city_code, value) values ('lodging.tax_rate', 'URB', '0.0005'), ('lodging.fee_amount', 'URB', '99');
select is(pg_temp.quote(), '30000 10 15 99 30104 BRL', 'and the city''s taxes and fees, rounded half up');
update core.settings set value = '0.00015' where key = 'lodging.tax_rate' and city_code = 'URB';
select is(pg_temp.quote(), '30000 10 4 99 30093 BRL', 'once for the stay');

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
