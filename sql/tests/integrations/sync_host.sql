begin;
select plan(56);
select tests.create_lodging();

create function pg_temp.ask(kind text) returns uuid language sql as $$
  select (integrations.sync_host(ask.kind) ->> 'job_id')::uuid
$$;
create function pg_temp.job(kind text) returns integrations.sync_jobs language sql as $$
  select j from integrations.sync_jobs as j where j.kind = job.kind order by j.created_at desc limit 1
$$;
create function pg_temp.command() returns jsonb language sql as $$
  select core.claim_commands('worker', array['integrations.fetch_host_page'], 1) -> 0
$$;
-- The worker carries out the waiting command: the Host answers with these items.
create function pg_temp.page(items jsonb, next_cursor text default null, has_more boolean default false) returns jsonb language plpgsql as $$
declare
  v_command jsonb := pg_temp.command();
begin
  perform core.complete_command((v_command ->> 'id')::uuid, (v_command ->> 'claim_token')::uuid,
    jsonb_build_object('items', page.items, 'next_cursor', page.next_cursor, 'has_more', page.has_more));
  set constraints all immediate;
  return v_command -> 'payload';
end $$;
create function pg_temp.refuse(code text, http_status integer, retry boolean default false) returns jsonb language plpgsql as $$
declare
  v_command jsonb := pg_temp.command();
begin
  return core.fail_command((v_command ->> 'id')::uuid, (v_command ->> 'claim_token')::uuid,
    jsonb_build_object('code', refuse.code, 'message', 'no', 'http_status', refuse.http_status), true, refuse.retry);
end $$;
create function pg_temp.property(name text, changes jsonb default '{}') returns jsonb language sql as $$
  select jsonb_build_object('host_property_id', property.name, 'city_code', 'URB', 'name', 'Pousada São ' || property.name,
    'property_type', 'pousada', 'currency', 'BRL', 'is_active', true, 'images', '["https://img.example/1.jpg"]'::jsonb, 'lat', -28.0, 'lng', -49.5) || property.changes
$$;
create function pg_temp.known(name text) returns lodging.properties_map language sql as $$
  select p from lodging.properties_map as p where p.host_property_id = known.name
$$;
create function pg_temp.night(unit text, number integer, allotment integer, changes jsonb default '{}') returns jsonb language sql as $$
  select jsonb_build_object('host_unit_id', night.unit, 'date', tests.night(night.number), 'allotment', night.allotment, 'base_price', 20000) || night.changes
$$;

-- who
select tests.as_anon();
select throws_ok('select api.sync_host_properties()', '42501', null, 'a visitor starts no synchronisation');
select tests.as_staff('admin');
select throws_ok('select api.sync_host_room_types()', '42501', null, 'nor does an administrator');
select throws_ok('select api.sync_host_availability()', '42501', null, 'it is the system''s');
select tests.authenticate_as_service_role();
select is(api.sync_host_properties() ->> 'status', 'running', 'the system starts one');
select is(api.sync_host_properties() ->> 'job_id', api.sync_host_properties() ->> 'job_id', 'and meets the same one while it runs');
reset role;
select is((select count(*) from core.outbox as o where o.topic = 'integrations.fetch_host_page'), 1::bigint, 'one page is asked for');
select tests.throws_code($$select integrations.sync_host('guests')$$, 'INVALID_PARAMETER', 'guests are not synchronised');

-- properties, page by page
select is(pg_temp.page(jsonb_build_array(pg_temp.property('p1'), pg_temp.property('p2', '{"name": "Pousada São p1"}'), '"nonsense"',
    pg_temp.property('p3', '{"lat": 91}'), pg_temp.property('p4', '{"city_code": "XXX"}'), pg_temp.property('p5', '{"lat": "north"}')), 'c1', true)
  - 'job_id', '{"kind": "properties", "cursor": null, "limit": 100}', 'the first page is asked for from the beginning');
select results_eq($$select j.status, j.pages, j.items, j.skipped, j.cursor from pg_temp.job('properties') as j$$,
  $$values ('running', 1, 6, 4, 'c1')$$, 'the run counts what came and what was skipped, and keeps its place');
select results_eq($$select l.message, l.detail -> 'item' ->> 'host_property_id' from integrations.sync_logs as l order by l.message$$,
  $$values ('skipped: city_code is unknown', 'p4'), ('skipped: invalid input syntax for type double precision: "north"', 'p5'),
      ('skipped: lat or lng is out of range', 'p3'), ('skipped: no object', null)$$, 'each malformed item is logged with the reason');
select results_eq($$select (p).slug, (p).city_code, (p).is_published, (p).check_in_time from unnest(array[pg_temp.known('p1'), pg_temp.known('p2')]) as p order by 1$$,
  $$values ('pousada-sao-p1', 'URB', true, '14:00'::time), ('pousada-sao-p1-' || left(md5('p2'), 6), 'URB', true, '14:00'::time)$$,
  'new ones are published, under addresses of their own');
select is((pg_temp.page(jsonb_build_array(pg_temp.property('p6', '{"is_active": false}'))) ->> 'cursor'), 'c1', 'the next page goes on there');
select is((pg_temp.job('properties')).status, 'succeeded', 'after the last page the run is over');
select is((pg_temp.known('p6')).is_published, false, 'what the Host does not sell is not published');
select results_eq($$select (p).is_published, (p).is_active, (p).vanished_at is not null from pg_temp.known('host-house') as p$$,
  $$values (false, false, true)$$, 'what the Host lists no more is unpublished');
select is((select l.detail -> 'ids' from integrations.sync_logs as l where l.message = 'listed no more'), '["host-house"]', 'and the log says which');
select is((select o.response -> 'items' from core.outbox as o where o.topic = 'integrations.fetch_host_page' order by o.seq limit 1), '6', 'pages are not kept');

-- again
select pg_temp.ask('properties');
select pg_temp.page(jsonb_build_array(
  pg_temp.property('p1', '{"name": "Renamed", "slug": "elsewhere", "city_code": "URB"}'), pg_temp.property('p2', '{"currency": "USD"}'), pg_temp.property('p6'),
  pg_temp.property('host-house', '{"name": "House"}')));
select results_eq($$select (p).name, (p).slug from pg_temp.known('p1') as p$$, $$values ('Renamed', 'pousada-sao-p1')$$, 'a name changes, an address stays');
select is((pg_temp.known('p2')).is_published, true, 'a malformed item is not a missing one');
select is((pg_temp.known('p2')).currency, 'BRL', 'though a currency does not change');
select is((pg_temp.known('p6')).is_published, false, 'what was not published stays so');
select results_eq($$select (p).is_published, (p).is_active, (p).vanished_at from pg_temp.known('host-house') as p$$,
  $$values (true, true, null::timestamptz)$$, 'what is listed again is published again');

-- a Host that lists nothing
select pg_temp.ask('properties');
select pg_temp.page('[]');
select results_eq($$select j.status, j.error from pg_temp.job('properties') as j$$, $$values ('failed', 'the Host lists nothing')$$, 'an empty list is not believed');
select is((select count(*) from lodging.properties_map as p where p.is_published and p.host_property_id is not null), 3::bigint, 'nothing is unpublished');
select is((select x.detail ->> 'error' from core.exceptions as x where x.kind = 'host_sync_failed'), 'the Host lists nothing', 'and a person is told');
select pg_temp.ask('properties');
select pg_temp.page(jsonb_build_array(pg_temp.property('p1'), pg_temp.property('p2'), pg_temp.property('p6'), pg_temp.property('host-house')));
select is((select x.resolution from core.exceptions as x where x.kind = 'host_sync_failed'), 'synchronised since', 'until it goes well');

-- room types
select pg_temp.ask('room_types');
select pg_temp.page($$[
  {"host_unit_id": "u1", "host_property_id": "p1", "name": "Suite", "room_type": "suite", "max_guests": 3, "is_active": true},
  {"host_unit_id": "u2", "host_property_id": "nobody", "name": "Suite", "room_type": "suite", "max_guests": 3, "is_active": true},
  {"host_unit_id": "u3", "host_property_id": "p1", "name": "Suite", "room_type": "suite", "max_guests": 0, "is_active": true},
  {"host_unit_id": "host-double", "host_property_id": "p1", "name": "Double", "room_type": "double", "max_guests": 2, "is_active": true},
  {"host_unit_id": "host-family", "host_property_id": "host-house", "name": "Family", "room_type": "family", "max_guests": 5, "is_active": true}]$$);
select results_eq($$select u.host_unit_id, u.max_guests::integer, u.max_adults::integer, u.is_active from lodging.unit_map as u order by 1$$,
  $$values ('host-double', 2, 2, true), ('host-family', 5, 5, true), ('u1', 3, 3, true)$$, 'room types become units of known properties');
select is((select array_agg(l.message order by l.message) from integrations.sync_logs as l where l.sync_job_id = (pg_temp.job('room_types')).id and l.level = 'warning'),
  array['skipped: a known unit keeps its property', 'skipped: host_property_id is unknown', 'skipped: max_guests, max_adults or max_children is out of range'],
  'the others are logged');
select is((select array_agg(distinct c.max_guests::integer) from lodging.availability_calendar as c where c.unit_id = tests.id('family')), array[5], 'a room that takes more does so on each night');
select pg_temp.ask('room_types');
select pg_temp.page($$[{"host_unit_id": "host-family", "host_property_id": "host-house", "name": "Family", "room_type": "family", "max_guests": 5, "is_active": true},
  {"host_unit_id": "host-double", "host_property_id": "host-house", "name": "Double", "room_type": "double", "max_guests": 2, "is_active": true}]$$);
select results_eq($$select u.host_unit_id, u.is_active from lodging.unit_map as u order by 1$$,
  $$values ('host-double', true), ('host-family', true), ('u1', false)$$, 'a room type that is listed no more is not sold any more');

-- availability
select tests.as_anon();
select tests.hold('ana', 'family', 10, 2);
select tests.hold('bia', 'family', 10, 2);
reset role;
select tests.pay_stay('ana');
select pg_temp.ask('availability');
select pg_temp.page(jsonb_build_array(
  pg_temp.night('host-family', 10, 3), pg_temp.night('host-family', 10, 1, '{"min_stay": 2}'), pg_temp.night('host-family', 11, 2),
  pg_temp.night('host-family', 12, 0, '{"closed_to_arrival": true, "discounted_price": 15000}'), pg_temp.night('u1', 1, 4),
  pg_temp.night('host-family', 13, -1), pg_temp.night('host-family', 14, 3, '{"discounted_price": 30000}'), pg_temp.night('host-family', 15, 3, '{"date": "2027-02-30"}'),
  pg_temp.night('host-family', 16, 3, '{"min_stay": 3, "max_stay": 2}'), pg_temp.night('nobody', 1, 1)), 'v1');
select results_eq($$select c.date - core.today('URB'), c.allotment, c.bookings_count, c.temp_holds, c.overcommitted, c.base_price, c.min_stay::integer
  from lodging.availability_calendar as c where c.unit_id = tests.id('family') and c.date between tests.night(10) and tests.night(12) order by 1$$,
  $$values (10, 1, 1, 1, 1, 20000::bigint, 2), (11, 2, 1, 1, 0, 20000::bigint, 1), (12, 0, 0, 0, 0, 20000::bigint, 1)$$,
  'an allotment is stored as it comes, also below what is sold and held; of one night twice the last counts');
select results_eq($$select x.city_code, x.detail - 'unit_id' from core.exceptions as x where x.kind = 'overcommitted'$$,
  $$values ('URB', jsonb_build_object('nights', jsonb_build_array(jsonb_build_object('date', tests.night(10), 'allotment', 1, 'sold', 1, 'held', 1))))$$,
  'and that goes before a person, night by night');
select results_eq($$select j.items, j.skipped, j.cursor, j.status from pg_temp.job('availability') as j$$, $$values (10, 5, 'v1', 'succeeded')$$, 'malformed nights are skipped');
select is((select c.allotment from lodging.availability_calendar as c join lodging.unit_map as u on u.id = c.unit_id where u.host_unit_id = 'u1'), 4, 'new nights appear');
select is_empty('select from tests.wrong_nights()', 'no counter is touched');
select tests.as_anon();
select tests.throws_code($$select tests.hold('cid', 'family', 10, 1)$$, 'INSUFFICIENT_INVENTORY', 'a night that is overcommitted is not sold');
select lives_ok($$select api.cancel_booking_intent((tests.intent('bia')).id, tests.session('bia'))$$, 'a held night can be given back');
reset role;
select is((select c.overcommitted from lodging.availability_calendar as c where c.unit_id = tests.id('family') and c.date = tests.night(10)), 0, 'then nothing is overcommitted');
select pg_temp.ask('availability');
select is(pg_temp.page(jsonb_build_array(pg_temp.night('host-family', 10, 1, '{"min_stay": 2}')), 'v2') ->> 'cursor', 'v1', 'the next run begins where the last one ended');
select is((select count(*) from core.exceptions as x where x.kind = 'overcommitted'), 1::bigint, 'what has not grown worse opens no case');

-- a run that fails is taken up where it was
select pg_temp.ask('availability');
select pg_temp.page(jsonb_build_array(pg_temp.night('host-family', 20, 2)), 'v3', true);
select pg_temp.refuse('busy', 503, true);
select is((pg_temp.job('availability')).status, 'running', 'a Host that is busy is asked again');
update core.outbox set next_attempt_at = core.now() where status = 'pending';
select pg_temp.refuse('forbidden', 400);
select results_eq($$select j.status, j.error, j.cursor from pg_temp.job('availability') as j$$, $$values ('failed', 'forbidden: no', 'v3')$$, 'one that refuses ends the run');
select is((integrations.host_sync_status((pg_temp.job('availability')).id) -> 'log' -> 0 ->> 'level'), 'error', 'the log says so');
select is(pg_temp.ask('availability'), (pg_temp.job('availability')).id, 'which is taken up again');
select is(pg_temp.page('[]', 'v4') ->> 'cursor', 'v3', 'behind the last page that was applied');
select pg_temp.ask('availability');
select pg_temp.refuse('gone', 410);
select is((pg_temp.job('availability')).cursor, null, 'a place that the Host has forgotten means from the beginning');
select lives_ok($$select core.retry_command(o.id) from core.outbox as o where o.status = 'dead' and o.topic = 'integrations.fetch_host_page' order by o.seq desc limit 1$$,
  'the command can be tried again, too');
select is((pg_temp.job('availability')).status, 'running', 'and its run goes on');
select tests.throws_code($$select integrations.on_command_done(o.id, o.topic, 'retried', null) from core.outbox as o where o.status = 'pending' and o.topic = 'integrations.fetch_host_page'$$,
  'INVALID_TRANSITION', 'but no run has two commands');
select is(pg_temp.command() -> 'payload' -> 'cursor', 'null', 'from where it stands now');

-- by itself
select is(integrations.tick_sync_host(10), 0, 'by default nothing is synchronised by itself');
update core.settings set value = value || '{"properties_seconds": 3600, "availability_seconds": 60}' where key = 'host_sync';
select is(integrations.tick_sync_host(10), 0, 'what has just run is not due');
select tests.freeze_time(clock_timestamp() + interval '2 hours');
select is(integrations.tick_sync_host(10), 1, 'later it is, unless it still runs');
select tests.unfreeze_time();

-- who may look
select tests.as_staff('agent', 'URB');
select tests.throws_code($$select api.host_sync_status(gen_random_uuid())$$, 'FORBIDDEN', 'an agent of a city does not see the runs');
select tests.as_staff('admin');
select tests.throws_code($$select api.host_sync_status(gen_random_uuid())$$, 'NOT_FOUND', 'an administrator does, of those there are');
select tests.throws_code($$select api.host_sync_status(null)$$, 'MISSING_REQUIRED_FIELD', 'and names one');
reset role;

select * from finish();
rollback;
