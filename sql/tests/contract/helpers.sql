-- The vocabulary of the tests themselves.
begin;
select plan(17);

-- actors
select tests.create_supabase_user('ana', metadata => '{"plan": "gold"}');
select tests.authenticate_as('ana', 'session-of-ana-0001');
select is(current_setting('role'), 'authenticated', 'whoever signs in has the role authenticated');
reset role;
select is(access.subject(), tests.get_supabase_uid('ana')::text, 'and is the subject of the claims');
select is(access.header('x-session-id'), 'session-of-ana-0001', 'and has the session that was given');

select tests.as_anon('session-of-nobody-1');
select is(current_setting('role'), 'anon', 'a visitor has the role anon');
reset role;
select is(access.subject(), null, 'and is nobody in particular');
select is(access.header('x-session-id'), 'session-of-nobody-1', 'but has a session');

select tests.as_staff('agent', 'ALL');
select is(current_setting('role'), 'authenticated', 'staff have the role authenticated');
select tests.as_staff('agent', 'ALL');
reset role;
select is(access.city_code(), 'ALL', 'and carry the city of their office');
select is(access.header('x-session-id'), null, 'nothing is left of the last actor''s session');
select is(
  (select count(*) from access.user_roles where role = 'agent'), 1::bigint, 'an office has one holder');

select tests.authenticate_as_service_role();
select is(current_setting('role'), 'service_role', 'the service has its role');
reset role;
select is(access.claims(), '{"role": "service_role"}', 'and no claims besides it');

-- clock
select tests.freeze_time('2030-01-01 12:00+00');
select is(core.now(), '2030-01-01 12:00+00', 'frozen time stands still');
select tests.unfreeze_time();
select cmp_ok(core.now(), '<', '2030-01-01 12:00+00', 'and goes on when it is let go');

-- assertions
select tests.throws_code($$select core.raise('NOT_FOUND')$$, 'NOT_FOUND', 'throws_code() knows our errors');
select tests.rls_enabled('core');
select tests.rls_enabled('core', 'settings');

select * from finish();
rollback;
