-- analytics.funnel_events and its trigger tg_funnel_events__guard_history.
begin;
select plan(11);

select tests.freeze_time('2030-05-03 12:00+00');
insert into analytics.funnel_events (id, event_name, event_timestamp) values
  (tests.id('old'), 'ui.a', '2030-05-03 12:00+00'::timestamptz - interval '400 days'),
  (tests.id('older'), 'ui.a', '2030-05-03 12:00+00'::timestamptz - interval '401 days'),
  (tests.id('young'), 'ui.a', '2030-05-03 12:00:01+00'::timestamptz - interval '400 days');

select throws_ok($$update analytics.funnel_events set event_name = 'ui.b'$$, '42501', null, 'an event is not changed');
select throws_ok($$update analytics.funnel_events set event_name = 'ui.b' where id = tests.id('older')$$, '42501', null, 'not even an old one');
select throws_ok('truncate analytics.funnel_events', '42501', null, 'nor are all of them forgotten at once');
select throws_ok($$delete from analytics.funnel_events where id = tests.id('young')$$, '42501', null, 'nor one before its time');
select throws_ok($$insert into analytics.funnel_events (event_name) values ('ui.')$$, '23514', null, 'an event of a page has a name');
select throws_ok($$insert into analytics.funnel_events (event_name) values ('reservation_dreamt')$$, '23514', null, 'which is known, or ui.*');

select tests.as_anon();
select throws_ok('select analytics.tick_forget_events(1)', '42501', null, 'clients forget nothing');
select tests.authenticate_as_service_role();
select throws_ok('delete from analytics.funnel_events', '42501', null, 'nor does the system by hand');
select is(api.tick('analytics.forget_events', 1) -> 'done', '1', 'its job forgets what is old');
select is(api.tick('analytics.forget_events') -> 'done', '1', 'batch by batch');
reset role;
select results_eq('select id from analytics.funnel_events', $$values (tests.id('young'))$$, 'and nothing else');

select * from finish();
rollback;
