begin;
select plan(7);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.hold('ana', 'family', 10), tests.hold('bia', 'family', 10), tests.hold('carla', 'family', 10);
update lodging.booking_intents set session_id = 'one session', ip_hash = 'one address';
create function pg_temp.try(p_session text, p_address text) returns void language sql as $$select lodging.require_few_holds(p_session, p_address)$$;

select tests.throws_code($$select pg_temp.try('one session', null)$$, 'RATE_LIMIT_EXCEEDED', 'three holds are enough for a session');
select lives_ok($$select pg_temp.try('another', 'one address')$$, 'not for an address');
update core.settings set value = '{"per_session": 4, "per_address": 3}' where key = 'lodging.open_holds';
select tests.throws_code($$select pg_temp.try('another', 'one address')$$, 'RATE_LIMIT_EXCEEDED', 'unless the settings say so');
select lives_ok($$select pg_temp.try('one session', 'another')$$, 'they are the operator''s');
select lives_ok($$select pg_temp.try('another', null)$$, 'without an address only the session counts');
select tests.freeze_time('2030-05-01 12:15+00');
select lives_ok($$select pg_temp.try('another', 'one address')$$, 'holds past their time do not count');

select lodging.lock_guest('one session', null);
select lodging.lock_guest('another', 'an address');
select cmp_ok((select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()), '>=', 3::bigint, 'sessions and addresses are locked to the end of the transaction');

select * from finish();
rollback;
