begin;
select plan(15);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.hold('ana', 'double', 10), tests.hold('bia', 'double', 13), tests.hold('carla', 'double', 20);
create function pg_temp.make_room(p_first integer, p_nights integer) returns boolean language sql as
  $$select lodging.make_room(tests.id('double'), tests.night(p_first), tests.night(p_first + p_nights))$$;
create function pg_temp.is_free(p_first integer, p_nights integer) returns boolean language sql as
  $$select lodging.is_free(tests.id('double'), tests.night(p_first), tests.night(p_first + p_nights))$$;

create function pg_temp.is_locked(p_unit text) returns boolean language sql as $$
  select exists (select from pg_locks as l where l.locktype = 'advisory' and l.pid = pg_backend_pid()
    and (l.classid::bigint << 32) | l.objid::bigint = hashtextextended(tests.id(p_unit)::text, 42))
$$;

-- within their time, holds stay
select ok(not pg_temp.is_free(12, 2), 'held nights are not free');
select ok(pg_temp.is_free(16, 4), 'nights between holds are');
select ok(not pg_temp.is_free(58, 5), 'nights without a row are not');
select ok(not pg_temp.make_room(12, 2), 'no room is made at the cost of a hold within its time');
select ok(pg_temp.make_room(16, 4), 'where there is room, none need be made');
select ok(pg_temp.is_locked('double'), 'the unit is locked');

-- past it, those in the way go
select tests.freeze_time('2030-05-01 12:15+00');
select ok(not pg_temp.is_free(12, 2), 'a hold past its time still holds');
select ok(pg_temp.make_room(12, 2), 'until somebody needs its nights');
select results_eq('select i.status::text from lodging.booking_intents as i order by i.check_in', array['expired', 'expired', 'intent_created'],
  'holds that are not in the way are left to the sweep');

-- what is closed is not made free
update lodging.availability_calendar set is_available = false where unit_id = tests.id('double') and date = tests.night(21);
select ok(not pg_temp.make_room(20, 3), 'releasing holds does not open closed nights');
select is((tests.intent('carla')).status, 'expired', 'though it is tried');

-- the lock
select ok(lodging.try_lock_unit(tests.id('double')), 'who has the lock gets it again');
select ok(not pg_temp.is_locked('family'), 'each unit has its own');
select lodging.lock_unit(tests.id('family'));
select ok(pg_temp.is_locked('family'), 'which can be waited for');

select is_empty('select tests.wrong_nights()', 'every counter is what the intents say');
select * from finish();
rollback;
