begin;
select plan(20);
select tests.create_lodging();

-- faults
create function pg_temp.fault(kind text, item jsonb) returns text language sql as $$ select lodging.host_item_fault(fault.kind, fault.item) $$;
create function pg_temp.night(changes jsonb) returns jsonb language sql as $$
  select '{"host_unit_id": "host-double", "date": "2027-01-01", "allotment": 1, "base_price": 100}' || night.changes
$$;
select is(pg_temp.fault('availability', pg_temp.night('{}')), null, 'a night needs a unit, a date, an allotment and a price');
select is(pg_temp.fault('availability', pg_temp.night(c.change)), c.fault, c.fault)
from (values
  ('{"date": null}'::jsonb, 'date is missing'), ('{"date": "infinity"}', 'date is missing'),
  ('{"date": "2027-02-30"}', 'date/time field value out of range: "2027-02-30"'),
  ('{"allotment": null}', 'allotment is missing or negative'), ('{"base_price": -1}', 'base_price is missing or negative'),
  ('{"discounted_price": 101}', 'discounted_price is not within base_price'),
  ('{"min_stay": 0}', 'a limit of the length of stay is out of order'), ('{"max_stay_through": 0}', 'a limit of the length of stay is out of order'),
  ('{"host_unit_id": null}', 'host_unit_id is unknown')) as c (change, fault);
select is(pg_temp.fault('properties', 'null'), 'no object', 'an item is an object');
select is(pg_temp.fault('properties', '{"host_property_id": "x", "city_code": "URB", "name": "X", "property_type": "inn", "currency": "BRL", "is_active": true, "slug": "No Way"}'),
  'slug is not fit for an address', 'an address is made of small letters');

-- parting
select results_eq($$select jsonb_array_length(s.good), jsonb_array_length(s.skipped)
  from lodging.sift_host_items('availability', jsonb_build_array(pg_temp.night('{}'), pg_temp.night('{"allotment": 2}'), pg_temp.night('{"allotment": -2}'))) as s$$,
  $$values (1, 1)$$, 'of a night that comes twice one is taken over, a malformed one is skipped');

-- locks
create temp table locks as select count(*) as held from pg_locks as l where l.locktype = 'advisory' and l.pid = pg_backend_pid();
select lodging.lock_units(array[tests.id('double'), tests.id('family'), tests.id('double')]);
select is((select count(*) from pg_locks as l where l.locktype = 'advisory' and l.pid = pg_backend_pid()), (select k.held + 2 from locks as k), 'each unit is locked');

-- the page again
select is(lodging.import_host_items('availability', jsonb_build_array(pg_temp.night('{}'), pg_temp.night('{"date": "x"}'))) -> 0 ->> 'reason',
  'invalid input syntax for type date: "x"', 'what is skipped is returned');
create temp table before as select c.ctid as place, c.* from lodging.availability_calendar as c;
select lodging.import_host_items('availability', jsonb_build_array(pg_temp.night('{}')));
select is_empty($$select c.ctid as place, c.* from lodging.availability_calendar as c except select * from before$$, 'the same page again writes nothing');

-- what is gone
select tests.as_anon();
select tests.hold('ana');
reset role;
select tests.pay_stay('ana');
select is(lodging.retire_missing('properties', core.now() + interval '1 second'), array['host-house'], 'what was not listed since is named');
select results_eq($$select x.city_code, x.detail from core.exceptions as x where x.kind = 'property_vanished'$$,
  $$values ('URB', jsonb_build_object('property_id', tests.id('house'), 'stays_ahead', 1))$$, 'stays ahead there go before a person');
select is(lodging.retire_missing('properties', core.now() + interval '1 second'), '{}', 'once');
select is(lodging.retire_missing('room_types', core.now() + interval '1 second'), array['host-double', 'host-family'], 'units go the same way');

select * from finish();
rollback;
