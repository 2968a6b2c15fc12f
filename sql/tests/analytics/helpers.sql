begin;
select plan(9);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging(), tests.create_city('ITA');
select tests.hold('ana');

select is(analytics.require_city(null, tests.id('house')), 'URB', 'an event of a property is of its city');
select is(analytics.require_city(null, null), null, 'one of neither is of none');
select tests.throws_code($$select analytics.require_city('ITA', tests.id('house'))$$, 'INVALID_PARAMETER', 'both belong together');

select lives_ok($$select analytics.require_event('ui.a', null, null, null, null, null, null)$$, 'an event needs no more than its name');
select tests.throws_code($$select analytics.require_event(null, null, null, null, null, null, null)$$, 'MISSING_REQUIRED_FIELD', 'but that');

update core.settings set value = '0' where key = 'analytics.events_per_minute';
select lives_ok($$select analytics.require_few_events('s', null)$$, 'the system tells as much as it likes');

select analytics.record('payment_started', (tests.intent('ana')).id, '{"a": 1}');
select is((select count(*) from analytics.funnel_events as e where e.event_name = 'payment_started' and e.event_data = '{"a": 1}'), 1::bigint, 'an event of a booking is kept');
select analytics.record('payment_failed', tests.id('nothing'), '{}');
select is((select count(*) from analytics.funnel_events as e where e.event_name = 'payment_failed'), 0::bigint, 'one of no booking is not');
select tests.as_anon();
select throws_ok($$select analytics.record('payment_started', null, '{}')$$, '42501', null, 'clients do not write events of bookings');

select * from finish();
rollback;
