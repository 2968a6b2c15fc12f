begin;
select plan(36);
-- payments.process_stripe_event, payments.apply_stripe_event, payments.fail_stripe_event, payments.process_waiting_events

select tests.freeze_time('2026-05-01 12:00+00');
create function pg_temp.inbox(event_id text) returns text language sql as $$
  select concat_ws(' ', e.status, e.attempts, to_char(e.next_try_at at time zone 'UTC', 'HH24:MI:SS'))
  from payments.stripe_events as e where e.event_id = $1
$$;

-- a line that fails
select tests.start_toy('car');
update toys.sales set state = 'broken' where id = tests.id('car');
select is(tests.hear('evt_1', 'payment_intent.succeeded', tests.stripe_intent('car', 'succeeded')), 'failed', 'what cannot be applied is kept');
select is(pg_temp.inbox('evt_1'), 'failed 1 12:00:05', 'to be tried again');
select is(
  (select last_error ->> 'message' from payments.stripe_events where event_id = 'evt_1'), 'the toy is broken', 'with the reason');
select row_eq(
  $$select p.status, p.amount_captured, tests.balances('car') from tests.payment_of('car') as p$$,
  row('pending'::payments.payment_status, 0::bigint, '{}'::jsonb), 'and nothing of it has happened');
select is(coalesce(current_setting('reserve.stripe_event_id', true), ''), '', 'nor does anything go on in its name');

-- a rule that is checked at the end
create function pg_temp.refuse() returns trigger language plpgsql as $$ begin raise exception 'checked late' using errcode = '23514'; end $$;
create constraint trigger refuse after update on toys.sales deferrable initially deferred
  for each row when (new.state = 'refunded') execute function pg_temp.refuse();
select tests.pay_toy('doll', 500);
select payments.request_refund((tests.payment_of('doll')).id, null, 'fraud', null, 'a', null);
select is(
  tests.hear('evt_2', 'refund.updated', tests.stripe_refund('doll', 're_1', 'succeeded', 500,
    jsonb_build_object('metadata', jsonb_build_object('refund_id', (select id from payments.refunds))))),
  'failed', 'also what would fail at commit is kept');
select is((tests.payment_of('doll')).status, 'refund_pending', 'and undone');
drop trigger refuse on toys.sales;

-- errors that pass by themselves
create function pg_temp.busy() returns trigger language plpgsql as $$ begin raise exception 'busy' using errcode = tg_argv[0]; end $$;
select tests.start_toy('robot');
create function pg_temp.passes(code text) returns text language plpgsql as $$
begin
  execute format('create trigger busy before update on toys.sales for each row execute function pg_temp.busy(%L)', code);
  perform tests.hear('evt_3', 'payment_intent.succeeded', tests.stripe_intent('robot', 'succeeded'));
  return 'kept';
exception when others or query_canceled then
  return sqlstate;
end $$;
select is(pg_temp.passes(c), c, 'class ' || left(c, 2) || ' leaves the function, for Stripe to send again')
from unnest(array['08006', '40001', '40P01', '53200', '55P03', '57014', '58030', 'XX000']) as c;
select is_empty($$select from payments.stripe_events where event_id = 'evt_3'$$, 'and leaves nothing behind');
select is(pg_temp.passes('22012'), 'kept', 'other errors do not');
drop trigger busy on toys.sales;

-- tried again
select is(payments.tick_retry_stripe_events(10), 0, 'not before its time');
select tests.freeze_time('2026-05-01 12:00:05+00');
select is(payments.tick_retry_stripe_events(2), 2, 'then up to the limit');
select is(payments.tick_retry_stripe_events(10), 1, 'and the rest');
select is(pg_temp.inbox('evt_2'), 'processed 1', 'what can be applied now is');
select is((tests.payment_of('doll')).status, 'refunded', 'with all it brings');
select is(pg_temp.inbox('evt_3'), 'processed 1', 'each by itself');
select is(pg_temp.inbox('evt_1'), 'failed 2 12:00:35', 'what still fails waits longer');

-- given up
select tests.freeze_time('2026-05-01 23:00+00');
select payments.process_stripe_event('evt_1') from generate_series(3, 5);
select is(pg_temp.inbox('evt_1'), 'failed 5 00:00:00', 'longer each time');
select is(payments.process_stripe_event('evt_1'), 'dead', 'until it is given up');
select isnt_empty($$select from core.exceptions where kind = 'stripe_event_dead' and detail ->> 'event_id' = 'evt_1'
    and city_code = 'URB' and booking_id = tests.id('car')$$, 'and a person told');
update toys.sales set state = 'new' where id = tests.id('car');
select tests.freeze_time('2026-05-03 12:00+00');
select is(payments.tick_retry_stripe_events(10), 0, 'the dead are left alone');
select is(tests.hear('evt_1', 'payment_intent.succeeded', tests.stripe_intent('car', 'succeeded')), 'processed', 'until Stripe is asked to send again');
select is((tests.payment_of('car')).status, 'succeeded', 'which does what was to be done');
select is(payments.process_stripe_event('evt_1'), 'processed', 'once');

-- what waits
select tests.hear('evt_4', 'payment_intent.created', '{"id": "pi_x", "object": "payment_intent", "status": "processing"}');
select is(pg_temp.inbox('evt_4'), 'waiting 0 12:01:00', 'an event without its object is looked at now and then');
select tests.freeze_time(now() + interval '73 hours');
select is(payments.tick_retry_stripe_events(10), 1, 'for three days');
select is(pg_temp.inbox('evt_4'), 'dead 0', 'then it is given up too');
select is(
  tests.hear('evt_4', 'payment_intent.created', '{"id": "pi_x", "object": "payment_intent", "status": "processing"}'), 'dead',
  'and sending it again does not help');
select isnt_empty($$select from core.exceptions where kind = 'stripe_event_unclaimed' and detail ->> 'object' = 'pi_x'$$, 'and a person told');

select * from finish();
rollback;
