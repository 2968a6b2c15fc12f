begin;
select plan(26);

create function pg_temp.report(wanted text, outcome text, response jsonb) returns void language sql as $$
  select payments.on_command_done(o.id, o.topic, $2, $3)
  from core.outbox as o where o.topic = 'payments.' || wanted order by o.seq desc limit 1
$$;
create function pg_temp.topics(name text) returns text[] language sql as $$
  select coalesce(array_agg(split_part(o.topic, '.', 2) order by o.seq), '{}') from core.outbox as o where o.booking_id = tests.id(name)
$$;

-- refunds
select tests.pay_toy('car');
select payments.request_refund((tests.payment_of('car')).id, null, 'customer_request', null, 'a', null);
select pg_temp.report('create_refund', 'retrying', '{"code": "timeout"}');
select is((tests.payment_of('car')).status, 'refund_pending', 'while a refund is tried again, it is pending');
select pg_temp.report('create_refund', 'dead', '{"code": "timeout"}');
select is((tests.payment_of('car')).status, 'refund_pending', 'also when it is given up: perhaps it was carried out');
select isnt_empty(
  $$select from core.exceptions where kind = 'command_dead' and booking_id = tests.id('car')
    and detail #>> '{payload,refund_id}' = (select id::text from payments.refunds)$$, 'a person is told');
select pg_temp.report('create_refund', 'done', tests.stripe_refund('car', 're_1', 'succeeded', 10000,
  jsonb_build_object('metadata', jsonb_build_object('refund_id', (select id from payments.refunds)))));
select is((tests.payment_of('car')).status, 'refunded', 'the provider''s answer counts like an event');
select is(
  tests.hear('c1', 'refund.created', tests.stripe_refund('car', 're_1', 'succeeded', 10000)), 'processed', 'which may still come');
select is(tests.balances('car'), '{}', 'and moves nothing any more');

-- payments.was_refused
select results_eq(
  $$select payments.was_refused(r::jsonb) from unnest(array[
    '{"http_status": 400}', '{"http_status": 404}', '{"http_status": 402}', '{"http_status": 401}', '{"http_status": 403}',
    '{"http_status": 409}', '{"http_status": 429}', '{"http_status": 500}', '{"http_status": "400"}', '{"code": "NO_ANSWER"}', null]) as r$$,
  array[true, true, true, false, false, false, false, false, false, false, false], 'only a refusal says that nothing was done');

-- refunds that a dispute prevents (payments.fail_refund)
select tests.pay_toy('kite');
select payments.request_refund((tests.payment_of('kite')).id, 4000, 'customer_request', null, 'a', null);
select tests.hear('k1', 'charge.dispute.created', tests.stripe_dispute('kite', 'needs_response'));
select pg_temp.report('create_refund', 'dead', '{"code": "charge_disputed", "http_status": 400}');
select row_eq(
  $$select status, gateway_refund_id from payments.refunds where booking_id = tests.id('kite')$$, row('failed'::payments.refund_status, null::text),
  'a refund that is refused for a dispute has failed');
select is((tests.payment_of('kite')).refund_amount, 0::bigint, 'so the money is whole again');
select is(tests.balances('kite'), '{"cash_reserve": 10000, "customer_deposits": -10000}', 'also in the books');
select results_eq(
  $$select kind from core.exceptions where booking_id = tests.id('kite') order by kind$$,
  array['payment_disputed', 'refund_failed'], 'a person is told');
select tests.throws_code($$select pg_temp.report('create_refund', 'retried', null)$$, 'INVALID_TRANSITION', 'it cannot be retried');
select tests.hear('k2', 'charge.dispute.closed', tests.stripe_dispute('kite', 'won', 10000, 10000));
select payments.request_refund((tests.payment_of('kite')).id, 4000, 'customer_request', null, 'a', null);
select is(
  (select resolution from core.exceptions where booking_id = tests.id('kite') and kind = 'refund_failed'), 'refunded again',
  'but asked for anew, which ends the case');

-- fetches
select pg_temp.report('fetch_stripe_object', 'done', tests.stripe_charge('car'));
select is(pg_temp.topics('car'), '{fetch_stripe_object,create_refund,fetch_stripe_object}', 'a charge leads to its balance transaction');
select pg_temp.report('fetch_stripe_object', 'done',
  '{"id": "txn_car", "object": "balance_transaction", "type": "charge", "source": "ch_car", "fee": 320, "currency": "brl", "created": 1800000000}');
select is(tests.balances('car'), '{"cash_reserve": -320, "gateway_fee_expense": 320}', 'and that to the fee');
select pg_temp.report('fetch_stripe_object', 'dead', '{"code": "gone"}');
select isnt_empty(
  $$select from core.exceptions where kind = 'command_dead' and detail ->> 'topic' = 'payments.fetch_stripe_object'$$, 'a person is told when it cannot be had');

-- cancellations
select tests.start_toy('doll');
select tests.hear('d1', 'payment_intent.created', tests.stripe_intent('doll', 'requires_payment_method'));
select payments.cancel_open_payments(tests.id('doll'), 'a test');
select pg_temp.report('cancel_payment_intent', 'dead', '{"code": "payment_intent_unexpected_state"}');
select is(pg_temp.topics('doll'), '{cancel_payment_intent,fetch_stripe_object}', 'what cannot be cancelled is looked at');
select is_empty($$select from core.exceptions where booking_id = tests.id('doll')$$, 'without troubling anybody');
select pg_temp.report('fetch_stripe_object', 'done', tests.stripe_intent('doll', 'succeeded'));
select is((tests.payment_of('doll')).status, 'succeeded', 'perhaps it was paid');
select tests.start_toy('robot');
select tests.hear('r1', 'payment_intent.created', tests.stripe_intent('robot', 'requires_payment_method'));
select payments.cancel_open_payments(tests.id('robot'), 'a test');
select pg_temp.report('cancel_payment_intent', 'done', tests.stripe_intent('robot', 'canceled'));
select is((tests.payment_of('robot')).gateway_response ->> 'status', 'canceled', 'a cancellation that was carried out is noted');

-- through the worker's door
select tests.authenticate_as_service_role();
create temporary table claimed as
  select c from jsonb_array_elements(api.claim_commands('w', array['payments.cancel_payment_intent'], 10)) as c
  where c ->> 'booking_id' = tests.id('doll')::text limit 1;
select is((select c #>> '{payload,payment_intent_id}' from claimed), 'pi_doll', 'a worker claims a command');
select is(
  (select api.complete_command((c ->> 'id')::uuid, (c ->> 'claim_token')::uuid, tests.stripe_intent('doll', 'succeeded')) from claimed),
  '{"accepted": true}', 'and reports');
reset role;
select is(
  (select count(*) from core.outbox as o where o.booking_id = tests.id('doll') and o.status = 'done'), 1::bigint, 'the command is done');
select tests.as_anon('a session of a guest');
select throws_ok(
  $$select payments.on_command_done(null, 'payments.create_refund', 'done', '{}')$$, '42501', null, 'guests cannot report');
reset role;
select payments.enqueue_once(tests.payment_of('doll'), 'payments.fetch_stripe_object', '{"object": "charge", "id": "ch_doll"}');
select is(
  (select count(*) from core.outbox where booking_id = tests.id('doll') and payload ->> 'id' = 'ch_doll'), 1::bigint,
  'what was asked once is not asked again');
select payments.enqueue_once(tests.payment_of('doll'), 'payments.fetch_stripe_object', '{"object": "charge", "id": "ch_9"}');
select is(
  (select count(*) from core.outbox where booking_id = tests.id('doll') and payload ->> 'id' = 'ch_9'), 1::bigint, 'anything else is');

select * from finish();
rollback;
