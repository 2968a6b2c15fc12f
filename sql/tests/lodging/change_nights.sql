begin;
select plan(18);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
create function pg_temp.change(p_first integer, p_nights integer, p_holds integer, p_bookings integer) returns void language sql as $$
  select lodging.change_nights(tests.id('family'), tests.night(p_first), tests.night(p_first + p_nights), p_holds, p_bookings)
$$;

-- all or nothing
select pg_temp.change(10, 3, 1, 0);
select is(tests.nights('family', 9, 5), '0/0 0/1 0/1 0/1 0/0', 'a claim takes each night once');
select pg_temp.change(11, 1, 1, 0), pg_temp.change(11, 1, 1, 0);
select tests.throws_code('select pg_temp.change(10, 3, 1, 0)', 'INSUFFICIENT_INVENTORY', 'three rooms cannot be claimed four times');
select is(tests.nights('family', 9, 5), '0/0 0/1 0/3 0/1 0/0', 'a claim that lacks one night takes none');
select pg_temp.change(11, 1, -1, 1);
select is(tests.nights('family', 11, 1), '1/2', 'a hold becomes a booking without being free for a moment');
select pg_temp.change(10, 3, -1, 0);
select is(tests.nights('family', 10, 3), '0/0 1/1 0/0', 'a release gives each night back');
select throws_ok('select pg_temp.change(10, 1, -1, 0)', '23514', null, 'what nobody holds cannot be released');
select tests.throws_code('select pg_temp.change(58, 4, 1, 0)', 'INSUFFICIENT_INVENTORY', 'nights that are not on sale cannot be claimed');

-- the table itself, against every writer
select throws_ok($$update lodging.availability_calendar set temp_holds = 4 where unit_id = tests.id('family')$$, '23514', null, 'nobody can oversell, not even by hand');
select throws_ok($$update lodging.availability_calendar set allotment = 1 where unit_id = tests.id('family')$$, '23514', null, 'nor lower what is sold, unless he says by how much');
select throws_ok($$insert into lodging.availability_calendar (unit_id, date, city_code, property_id, max_guests, allotment, base_price, currency)
  values (tests.id('double'), '2031-01-01', 'URB', tests.id('house'), 9, 1, 1, 'BRL')$$, '23503', null, 'what the calendar copies of a unit must be true');
select throws_ok($$update lodging.availability_calendar set currency = 'USD' where unit_id = tests.id('double')$$, '23503', null, 'so that a stay has one currency');

-- the Host sells some elsewhere
select trigger_is('lodging', 'availability_calendar', '_100_lower_overcommitted', 'lodging', 'tg_availability_calendar__lower_overcommitted');
update lodging.availability_calendar set allotment = 1, overcommitted = 1 where unit_id = tests.id('family') and date = tests.night(11);
select tests.throws_code('select pg_temp.change(11, 1, 1, 0)', 'INSUFFICIENT_INVENTORY', 'what is oversold is not sold on');
select pg_temp.change(11, 1, -1, 0);
select results_eq($$select c.bookings_count, c.overcommitted from lodging.availability_calendar as c where c.unit_id = tests.id('family') and c.date = tests.night(11)$$,
  'values (1, 0)', 'a release takes from what is oversold first');
select tests.throws_code('select pg_temp.change(11, 1, 1, 0)', 'INSUFFICIENT_INVENTORY', 'so that the room is not sold again');

-- only functions of ours
select tests.as_anon();
select throws_ok('select lodging.change_nights(null, null, null, 1, 0)', '42501', null, 'a guest cannot change counters');
select throws_ok('select * from lodging.availability_calendar', '42501', null, 'nor read the table');
select tests.authenticate_as_service_role();
select throws_ok('update lodging.availability_calendar set temp_holds = 0', '42501', null, 'nor does the service write it');

reset role;
select * from finish();
rollback;
