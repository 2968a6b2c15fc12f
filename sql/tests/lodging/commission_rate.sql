begin;
select plan(12);

select tests.create_lodging();
select tests.freeze_time('2030-05-01 15:00+00');
select tests.create_payee('ana'), tests.create_payee('bia');
insert into lodging.property_owners (id, city_code, email) values (tests.id('ana'), 'URB', 'ana@test.com'), (tests.id('bia'), 'URB', 'bia@test.com');
update lodging.commission_tiers set effective_from = '2029-01-01';

-- Properties of the house's kind beside it.
create function pg_temp.build(name text, owner text default null) returns void language sql as $$
  insert into lodging.properties_map (id, city_id, city_code, host_property_id, slug, name, property_type, state, payee_id)
  select tests.id(build.name), c.id, c.code, build.name, build.name, build.name, 'pousada', 'SC', tests.id(build.owner)
  from core.cities as c where c.code = 'URB'
$$;
create function pg_temp.rate() returns numeric language sql as $$ select lodging.commission_rate('URB', tests.id('house')) $$;

insert into lodging.commission_tiers (city_code, min_properties, max_properties, commission_rate, effective_from) values
  ('URB', 2, 2, 0.12, '2030-01-01'), ('URB', 3, null, 0.10, '2030-01-01');
select is(pg_temp.rate(), 0.15, 'a property without an owner has the city''s rate');
update lodging.properties_map set payee_id = tests.id('ana') where id = tests.id('house');
select is(pg_temp.rate(), 0.15, 'so has the only one of an owner');
select pg_temp.build('barn', 'ana');
select is(pg_temp.rate(), 0.12, 'who has two pays less');
select pg_temp.build('mill', 'ana');
select is(pg_temp.rate(), 0.10, 'who has more pays less again');
update lodging.properties_map set is_active = false where id = tests.id('mill');
select is(pg_temp.rate(), 0.12, 'only active properties count');
update lodging.properties_map set payee_id = null where id = tests.id('barn');
insert into lodging.property_owner_mappings (property_id, owner_id, ownership_percentage, is_primary) values
  (tests.id('barn'), tests.id('ana'), 40, false), (tests.id('barn'), tests.id('bia'), 60, true);
select is(pg_temp.rate(), 0.12, 'a property that is shared counts for each of its owners');
update lodging.properties_map set payee_id = null where id = tests.id('house');
insert into lodging.property_owner_mappings (property_id, owner_id, ownership_percentage, is_primary) values
  (tests.id('house'), tests.id('ana'), 30, false), (tests.id('house'), tests.id('bia'), 70, true);
select pg_temp.build('tower', 'bia');
select is(pg_temp.rate(), 0.10, 'of several owners the primary one''s count');
insert into lodging.commission_tiers (city_code, min_properties, commission_rate, effective_from) values ('URB', 3, 0.09, '2030-05-01');
select is(pg_temp.rate(), 0.09, 'the latest terms that have begun');
insert into lodging.commission_tiers (city_code, owner_id, commission_rate, effective_from) values ('URB', tests.id('bia'), 0.08, '2030-01-01');
select is(pg_temp.rate(), 0.08, 'an owner''s own terms come before those of all');
insert into lodging.commission_tiers (city_code, owner_id, commission_rate, effective_from) values ('URB', tests.id('ana'), 0.01, '2030-01-01');
select is(pg_temp.rate(), 0.08, 'those of another owner do not count');
insert into lodging.commission_tiers (city_code, property_id, commission_rate, effective_from) values ('URB', tests.id('house'), 0.07, '2030-01-01');
select is(pg_temp.rate(), 0.07, 'the property''s come first');
select is(lodging.commission_rate('URB', tests.id('tower')), 0.08, 'and are for it alone');

select * from finish();
rollback;
