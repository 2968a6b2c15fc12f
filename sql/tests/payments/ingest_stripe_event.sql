begin;
select plan(33);

select tests.start_toy('car');
select payments.record_payment_intent((tests.payment_of('car')).id, tests.stripe_intent('car', 'requires_payment_method'));

-- the service
select tests.authenticate_as_service_role();
create temporary table paid as
  select tests.stripe_event('evt_1', 'payment_intent.succeeded', tests.stripe_intent('car', 'succeeded')) as e;
select is(
  (select api.ingest_stripe_event(e) from paid), '{"event_id": "evt_1", "status": "processed", "duplicate": false}',
  'the service brings in an event');
reset role;
select row_eq(
  $$select p.status, p.amount_captured, p.gateway_charge_id, p.stripe_customer_id, p.stripe_payment_method_id from tests.payment_of('car') as p$$,
  row('succeeded'::payments.payment_status, 10000::bigint, 'ch_car'::text, 'cus_1'::text, 'pm_1'::text), 'the payment is paid');
select is((select state from toys.sales where id = tests.id('car')), 'paid', 'the line has heard of it');
select is(
  tests.balances('car'), '{"cash_reserve": 10000, "customer_deposits": -10000}', 'the money is in the books');
select results_eq(
  $$select topic, payload from core.outbox where booking_id = tests.id('car')$$,
  $$values ('payments.fetch_stripe_object', '{"object": "charge", "id": "ch_car"}'::jsonb)$$, 'the fee is asked for');
select row_eq(
  $$select status, object_id, api_version, booking_id, account, created, attempts from payments.stripe_events where event_id = 'evt_1'$$,
  row('processed'::text, 'pi_car'::text, '2026-01-28'::text, tests.id('car'), null::text, to_timestamp(1800000000), 0),
  'the event is in the inbox');
select is(
  (select payload #> '{data,object,client_secret}' from payments.stripe_events where event_id = 'evt_1'), null, 'without its secret');
select isnt_empty(
  $$select from audit.audit_logs where entity_type = 'payment' and stripe_event_id = 'evt_1' and actor_type = 'stripe'
    and metadata -> 'status' = '["pending", "succeeded"]'$$,
  'the audit log names the event');
select is(coalesce(current_setting('reserve.stripe_event_id', true), ''), '', 'and what comes later is not put down to it');

-- again
create temporary table before as select to_jsonb(p) as p, (select count(*) from audit.audit_logs) as audited from tests.payment_of('car') as p;
select tests.authenticate_as_service_role();
select is(
  (select api.ingest_stripe_event(e) from paid), '{"event_id": "evt_1", "status": "processed", "duplicate": true}',
  'a second delivery is known');
reset role;
select results_eq(
  $$select to_jsonb(p), (select count(*) from audit.audit_logs) from tests.payment_of('car') as p$$, 'table before', 'and changes nothing at all');
select is(
  tests.hear('evt_2', 'payment_intent.succeeded', tests.stripe_intent('car', 'succeeded')), 'processed', 'the same news in another event');
select is(tests.balances('car'), '{"cash_reserve": 10000, "customer_deposits": -10000}', 'moves no money either');
select is((select heard from toys.sales where id = tests.id('car')), '{started,succeeded}', 'nor does the line hear it twice');

-- what is not ours
select is(tests.hear('evt_3', 'customer.created', '{"id": "cus_1", "object": "customer"}'), 'ignored', 'unknown types are stored');
select is(
  tests.hear('evt_4', 'radar.early_fraud_warning.created', '{"id": "issfr_1", "object": "radar.early_fraud_warning", "payment_intent": "pi_car"}'),
  'ignored', 'as are those we do not use');
select is(
  tests.hear('evt_5', 'payment_intent.succeeded', tests.stripe_intent('car', 'succeeded'), '{"livemode": true}'), 'failed',
  'an event of the other mode is not believed');
select is(
  tests.hear('evt_6', 'payment_intent.succeeded', tests.stripe_intent('car', 'succeeded'), '{"account": "acct_1"}'), 'failed',
  'nor one of another account');
select is(
  (select count(*) from core.exceptions where kind = 'stripe_event_mismatch' and detail ->> 'setting' = 'stripe'), 2::bigint,
  'a person is told of both, and of the setting to look at');
update core.settings set value = '{"livemode": true, "account": "acct_1"}' where key = 'stripe';
select is(
  tests.hear('evt_7', 'payment_intent.succeeded', tests.stripe_intent('car', 'succeeded'), '{"livemode": true, "account": "acct_1"}'),
  'processed', 'mode and account are settings');
select is(
  tests.hear('evt_5', 'payment_intent.succeeded', tests.stripe_intent('car', 'succeeded')), 'failed', 'what does not agree fails again');
update core.settings set value = '{"livemode": false, "account": "acct_1"}' where key = 'stripe';
select is(
  tests.hear('evt_6', 'payment_intent.succeeded', tests.stripe_intent('car', 'succeeded')), 'processed', 'what does is done then');

-- malformed
select tests.throws_code($$select payments.ingest_stripe_event('{}')$$, 'INVALID_REQUEST', 'an event has an id');
select tests.throws_code($$select payments.ingest_stripe_event(null)$$, 'INVALID_REQUEST', 'nothing is no event');
select tests.throws_code(
  $$select payments.ingest_stripe_event(tests.stripe_event('evt_8', 'x', '{}') - 'livemode')$$, 'INVALID_REQUEST', 'an event has a mode');
select tests.throws_code(
  $$select payments.ingest_stripe_event(tests.stripe_event('evt_8', 'x', '[]'))$$, 'INVALID_REQUEST', 'and an object');

-- objects by themselves (payments.apply_stripe_object)
select tests.start_toy('doll');
select tests.authenticate_as_service_role();
select is(
  api.ingest_stripe_object((select tests.stripe_intent('doll', 'succeeded'))), '{"object": "pi_doll", "status": "processed"}',
  'an object that was fetched goes the same way');
reset role;
select is((tests.payment_of('doll')).status, 'succeeded', 'to the same end');
select is(
  payments.ingest_stripe_object(tests.stripe_intent('doll', 'succeeded', '{"id": "pi_x", "metadata": {}}')) ->> 'status', 'waiting',
  'an unknown one is reported');
select tests.throws_code($$select payments.ingest_stripe_object('{}')$$, 'INVALID_REQUEST', 'an object has an id');

-- everybody else
select tests.as_anon('a session of a guest');
select throws_ok($$select api.ingest_stripe_event('{}')$$, '42501', null, 'guests cannot bring in events');
select tests.as_staff('admin');
select throws_ok($$select api.ingest_stripe_event('{}')$$, '42501', null, 'nor can staff');
select throws_ok($$select api.ingest_stripe_object('{}')$$, '42501', null, 'nor objects');

select * from finish();
rollback;
