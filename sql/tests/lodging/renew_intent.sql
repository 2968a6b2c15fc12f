begin;
select plan(13);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.hold('ana');
select tests.hold('bia', 'family');
create function pg_temp.renew(p_name text, p_request text, p_unit text default 'double', p_last integer default 13) returns uuid language sql as $$
  select (lodging.renew_intent((tests.intent(p_name)).session_id, tests.id(p_unit), tests.night(10), tests.night(p_last), p_request)).id
$$;
create function pg_temp.request(p_name text) returns text language sql as $$select (tests.intent(p_name)).metadata ->> 'request'$$;

select is(pg_temp.renew('ana', pg_temp.request('ana')), (tests.intent('ana')).id, 'the same request finds its intent');
select is(pg_temp.renew('ana', pg_temp.request('ana'), 'family'), null, 'another unit is another matter');
select is(pg_temp.renew('ana', pg_temp.request('ana'), p_last => 12), null, 'so are other nights');
select is(pg_temp.renew('bia', pg_temp.request('ana')), null, 'and another session');
select is((tests.intent('ana')).status, 'intent_created', 'none of which ends it');
select tests.start_stay('ana');
select is(pg_temp.renew('ana', pg_temp.request('ana')), (tests.intent('ana')).id, 'it is found while the guest pays');
select is(pg_temp.renew('ana', 'a changed request'), null, 'a changed request does not get it');
select is((tests.intent('ana')).status, 'cancelled', 'but ends it');
select is((tests.stay_payment('ana')).status, 'cancelled', 'with its payment');
select is(pg_temp.renew('ana', pg_temp.request('ana')), null, 'what is ended is not found');
select tests.hold('carla');
select tests.freeze_time('2030-05-01 12:15+00');
select is(pg_temp.renew('carla', pg_temp.request('carla')), null, 'nor what is past its time');
select is((tests.intent('carla')).status, 'expired', 'which is then expired');

select is_empty('select tests.wrong_nights()', 'every counter is what the intents say');
select * from finish();
rollback;
