begin;
select plan(31);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging(), tests.create_city('ITA');
select tests.hold('ana'), tests.pay_stay('ana');
select tests.create_supabase_user('carla'), tests.create_supabase_user('dora');
create function pg_temp.emit(p_name text, p_more jsonb default '{}') returns uuid language sql volatile as $$
  select (api.emit_event(
    p_name, p_more ->> 'city', (p_more ->> 'property')::uuid, (p_more ->> 'reservation')::uuid, p_more ->> 'session', p_more ->> 'visitor',
    (p_more ->> 'user')::uuid, p_more ->> 'agent', p_more ->> 'source', null, null, p_more -> 'data', (p_more ->> 'id')::uuid) ->> 'event_id')::uuid
$$;

-- everybody
select tests.as_anon(tests.session('ana'));
select matches(api.emit_event('search_performed', 'URB')::text, '^{"success": true, "event_id": "[0-9a-f-]{36}"}$', 'an event is told by its name');
select is(pg_temp.emit('ui.menu_opened', jsonb_build_object('id', tests.id('e1'))), tests.id('e1'), 'it has the id it was given');
select is(pg_temp.emit('ui.menu_opened', jsonb_build_object('id', tests.id('e1'))), tests.id('e1'), 'and is told once');
select tests.throws_code($$select pg_temp.emit('search_performed', jsonb_build_object('id', tests.id('e1')))$$, 'IDEMPOTENCY_CONFLICT', 'another event needs another id');
select lives_ok($$select pg_temp.emit('property_viewed', jsonb_build_object('id', tests.id('e2'), 'property', tests.id('house'), 'visitor', 'v1',
  'agent', 'Firefox', 'source', repeat('s', 300),
  'data', '{"from_search": true, "view_duration": 4, "page_path": "/house", "referrer": "https://a.example", "utm_term": "lake", "utm_content": "b"}'::jsonb))$$,
  'a view has a property');
select tests.throws_code($$select pg_temp.emit('property_viewed')$$, 'MISSING_REQUIRED_FIELD', 'and needs one');
select tests.throws_code($$select pg_temp.emit(null)$$, 'MISSING_REQUIRED_FIELD', 'an event has a name');
select tests.throws_code($$select pg_temp.emit('ui.a', jsonb_build_object('property', tests.id('house'), 'city', 'ITA'))$$, 'INVALID_PARAMETER', 'a property is one of the city');
select tests.throws_code($$select pg_temp.emit('ui.a', jsonb_build_object('property', tests.id('barn')))$$, 'INVALID_PARAMETER', 'that exists');
select tests.throws_code($$select pg_temp.emit('ui.a', '{"city": "ALL"}')$$, 'INVALID_PARAMETER', 'a city is one of the map');
select tests.throws_code($$select pg_temp.emit('ui.a', '{"data": [1]}')$$, 'INVALID_PARAMETER', 'metadata is an object');
select tests.throws_code($$select pg_temp.emit('ui.a', jsonb_build_object('data', jsonb_build_object('a', repeat('x', 8000))))$$, 'INVALID_PARAMETER', 'of some size');
select tests.throws_code($$select pg_temp.emit('ui.a', '{"visitor": ""}')$$, 'INVALID_PARAMETER', 'a visitor id is not empty');
select tests.throws_code($$select pg_temp.emit('ui.A')$$, 'INVALID_PARAMETER', 'events of pages are named in small letters');
select tests.throws_code($$select pg_temp.emit('payment_succeeded')$$, 'FORBIDDEN', 'nobody forges a payment');
select tests.throws_code($$select pg_temp.emit('search')$$, 'FORBIDDEN', 'or makes up other events');
select tests.throws_code($$select pg_temp.emit('ui.a', jsonb_build_object('user', tests.get_supabase_uid('carla')))$$, 'FORBIDDEN', 'a guest is no user');
select lives_ok($$select pg_temp.emit('ui.a', jsonb_build_object('reservation', (tests.intent('ana')).id))$$, 'a guest tells of her own stay');
select throws_ok('select from analytics.funnel_events', '42501', null, 'nobody reads what others did');
select tests.as_anon(tests.session('eve'));
select tests.throws_code($$select pg_temp.emit('ui.a', jsonb_build_object('reservation', (tests.intent('ana')).id))$$, 'FORBIDDEN', 'and nobody of another''s');
select tests.throws_code($$select pg_temp.emit('ui.menu_opened', jsonb_build_object('id', tests.id('e1')))$$, 'IDEMPOTENCY_CONFLICT', 'or takes over another''s event');

-- users and the system
select tests.authenticate_as('carla');
select lives_ok($$select pg_temp.emit('ui.a', jsonb_build_object('id', tests.id('e3')))$$, 'a user is known without saying so');
select tests.throws_code($$select pg_temp.emit('ui.a', jsonb_build_object('user', tests.get_supabase_uid('dora')))$$, 'FORBIDDEN', 'and speaks for nobody else');
select tests.authenticate_as_service_role();
select lives_ok($$select pg_temp.emit('host_commit_failed', jsonb_build_object('id', tests.id('e4'), 'user', tests.get_supabase_uid('dora'),
  'reservation', (tests.intent('ana')).id))$$, 'the system tells of everything and everybody');
select tests.throws_code($$select pg_temp.emit('search')$$, 'INVALID_PARAMETER', 'that has a name of the funnel');
reset role;

-- the rows
select results_eq(
  $$select e.city_code, e.session_id, e.visitor_id, e.user_agent, e.utm_source, e.utm_term, e.utm_content, e.page_path, e.referrer, e.event_data, e.event_timestamp
    from analytics.funnel_events as e where e.id = tests.id('e2')$$,
  $$values ('URB', access.analytics_session(access.session_hash(tests.session('ana'))), 'v1', 'Firefox', repeat('s', 200), 'lake', 'b', '/house', 'https://a.example',
    '{"from_search": true, "view_duration": 4}'::jsonb, core.now())$$, 'metadata become columns where there are such, the city is that of the property');
select results_eq(
  $$select e.id, e.user_id from analytics.funnel_events as e where e.user_id is not null order by e.event_name desc$$,
  $$values (tests.id('e3'), tests.get_supabase_uid('carla')), (tests.id('e4'), tests.get_supabase_uid('dora'))$$, 'users are those who called, or whom the system named');

-- how many
update core.settings set value = '3' where key = 'analytics.events_per_minute';
select tests.as_anon(tests.session('bia'));
select pg_temp.emit('ui.a'), pg_temp.emit('ui.b'), pg_temp.emit('ui.c');
select tests.throws_code($$select pg_temp.emit('ui.d')$$, 'RATE_LIMIT_EXCEEDED', 'a session does not tell of everything');
select tests.as_anon();
select set_config('request.headers', '{"x-forwarded-for": "203.0.113.9"}', true);
select pg_temp.emit('ui.a'), pg_temp.emit('ui.b'), pg_temp.emit('ui.c');
select tests.throws_code($$select pg_temp.emit('ui.d')$$, 'RATE_LIMIT_EXCEEDED', 'nor does an address without one');
select tests.authenticate_as_service_role();
select lives_ok($$select pg_temp.emit('ui.d', jsonb_build_object('session', tests.session('bia')))$$, 'the system may');
reset role;
select tests.freeze_time('2030-05-01 12:02+00');
select tests.as_anon(tests.session('bia'));
select lives_ok($$select pg_temp.emit('ui.d')$$, 'and so may everybody a minute later');

select * from finish();
rollback;
