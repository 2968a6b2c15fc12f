begin;
select plan(39);

create function pg_temp.state(name text) returns text language sql as $$ select (tests.payment_of(name)).status $$;
create function pg_temp.declined(name text, charge text, message text) returns jsonb language sql as $$
  select tests.stripe_intent(name, 'requires_payment_method', jsonb_build_object(
    'latest_charge', charge,
    'last_payment_error', jsonb_build_object('code', 'card_declined', 'message', message, 'charge', charge)))
$$;

-- from try to try (payments.apply_payment_intent, payments.adopt_payment_intent, payments.record_attempt)
select tests.start_toy('car');
select tests.hear('e1', 'payment_intent.created', tests.stripe_intent('car', 'requires_payment_method'));
select is((tests.payment_of('car')).gateway_payment_intent_id, 'pi_car', 'metadata tell which payment an unknown intent belongs to');
select is(pg_temp.state('car'), 'pending', 'its making changes no state');
select tests.hear('e2', 'payment_intent.requires_action', tests.stripe_intent('car', 'requires_action'));
select is(pg_temp.state('car'), 'pending', 'nor does a question to the customer');
select tests.hear('e3', 'payment_intent.processing', tests.stripe_intent('car', 'processing', '{"latest_charge": "ch_1"}'));
select is(pg_temp.state('car'), 'processing', 'a try under way is processing');
select tests.hear('e4', 'payment_intent.payment_failed', pg_temp.declined('car', 'ch_1', 'First no.'));
select is(pg_temp.state('car'), 'failed', 'a declined try is a failure');
select is((tests.payment_of('car')).failure_message, 'First no.', 'with its reason');
select tests.hear('e5', 'payment_intent.processing', tests.stripe_intent('car', 'processing', '{"latest_charge": "ch_2"}'));
select is(pg_temp.state('car'), 'processing', 'the next try is processing again');
select tests.hear('e6', 'payment_intent.payment_failed', pg_temp.declined('car', 'ch_1', 'First no.'));
select is(pg_temp.state('car'), 'processing', 'late news of the first try do not lower it');
select tests.hear('e7', 'payment_intent.succeeded', tests.stripe_intent('car', 'succeeded', '{"latest_charge": "ch_2"}'));
select row_eq(
  $$select p.status, p.failure_message, p.amount_authorized from tests.payment_of('car') as p$$,
  row('succeeded'::payments.payment_status, null::text, 10000::bigint), 'success forgets failures');
select results_eq(
  $$select attempt_no, provider, reference, status, failure_code
    from payments.payment_attempts where payment_id = (tests.payment_of('car')).id order by attempt_no$$,
  $$values (1, 'stripe', 'ch_1', 'failed', 'card_declined'), (2, 'stripe', 'ch_2', 'succeeded', null)$$, 'each try is kept, and counted');
select is(
  (select heard from toys.sales where id = tests.id('car')), '{started,processing,failed,processing,succeeded}',
  'the line has heard each change');
select tests.hear('e8', 'payment_intent.payment_failed', pg_temp.declined('car', 'ch_3', 'Late no.'));
select tests.hear('e9', 'payment_intent.canceled', tests.stripe_intent('car', 'canceled'));
select tests.hear('e10', 'payment_intent.processing', tests.stripe_intent('car', 'processing', '{"latest_charge": "ch_2"}'));
select tests.hear('e11', 'payment_intent.amount_capturable_updated', tests.stripe_intent('car', 'requires_capture'));
select row_eq(
  $$select p.status, p.failure_message, p.gateway_response ->> 'status' from tests.payment_of('car') as p$$,
  row('succeeded'::payments.payment_status, null::text, 'succeeded'::text), 'whatever comes after success changes nothing');

-- a decline without a charge
select tests.start_toy('doll');
select tests.hear('d1', 'payment_intent.payment_failed', tests.stripe_intent('doll', 'requires_payment_method',
  '{"latest_charge": null, "last_payment_error": {"code": "authentication_failed", "message": "No.", "payment_method": {"id": "pm_9"}}}'));
select is(
  (select reference from payments.payment_attempts where payment_id = (tests.payment_of('doll')).id), 'pm_9',
  'a try without a charge is known by the payment method');

-- authorised, then captured
select tests.start_toy('robot');
select tests.hear('r1', 'payment_intent.amount_capturable_updated', tests.stripe_intent('robot', 'requires_capture'));
select row_eq(
  $$select p.status, p.amount_authorized, p.amount_captured from tests.payment_of('robot') as p$$,
  row('authorized'::payments.payment_status, 10000::bigint, 0::bigint), 'authorised money is not captured');
select is(tests.balances('robot'), '{}', 'nor in the books');
select tests.hear('r2', 'payment_intent.payment_failed', pg_temp.declined('robot', 'ch_0', 'Early no.'));
select is(pg_temp.state('robot'), 'authorized', 'late news of a failed try do not lower it');
select tests.hear('r3', 'payment_intent.succeeded', tests.stripe_intent('robot', 'succeeded'));
select is(pg_temp.state('robot'), 'succeeded', 'captured it is paid');

-- cancelled at the provider
select tests.start_toy('kite');
select tests.hear('k1', 'payment_intent.canceled', tests.stripe_intent('kite', 'canceled'));
select is(pg_temp.state('kite'), 'cancelled', 'the provider may cancel');
select is((select heard from toys.sales where id = tests.id('kite')), '{started,cancelled}', 'and the line hears of it');
select is_empty($$select from core.outbox where booking_id = tests.id('kite')$$, 'which needs no command of ours');
select tests.hear('k2', 'payment_intent.processing', tests.stripe_intent('kite', 'processing'));
select is(pg_temp.state('kite'), 'cancelled', 'older news do not open it again');
select is_empty($$select from core.outbox where booking_id = tests.id('kite')$$, 'nor cancel it again');
select tests.hear('k3', 'payment_intent.succeeded', tests.stripe_intent('kite', 'succeeded'));
select is(pg_temp.state('kite'), 'succeeded', 'but money is money');

-- cancelled by us
select tests.start_toy('ball');
select tests.hear('b1', 'payment_intent.created', tests.stripe_intent('ball', 'requires_payment_method'));
select payments.cancel_open_payments(tests.id('ball'), 'a test');
select tests.hear('b2', 'payment_intent.processing', tests.stripe_intent('ball', 'processing'));
select is((select count(*) from core.outbox where booking_id = tests.id('ball')), 1::bigint, 'one command to cancel is enough');
select tests.hear('b3', 'payment_intent.canceled', tests.stripe_intent('ball', 'canceled'));
select is((select heard from toys.sales where id = tests.id('ball')), '{started}', 'the line knows what it decided itself');

-- what does not agree
select tests.start_toy('plane');
create function pg_temp.strange(changes jsonb) returns text language sql as $$
  select tests.hear('evt_' || md5(changes::text), 'payment_intent.succeeded', tests.stripe_intent('plane', 'succeeded', changes))
$$;
select is(pg_temp.strange('{"amount": 9999}'), 'ignored', 'another amount is not believed');
select is(pg_temp.strange('{"amount_received": 9999}'), 'ignored', 'nor a part of the money');
select is(pg_temp.strange('{"currency": "usd"}'), 'ignored', 'nor another currency');
select is(pg_temp.strange('{"currency": null}'), 'ignored', 'nor none');
select row_eq(
  $$select p.status, p.gateway_payment_intent_id, tests.balances('plane') from tests.payment_of('plane') as p$$,
  row('pending'::payments.payment_status, null::text, '{}'::jsonb), 'nothing moves');
select results_eq(
  $$select detail -> 'expected' -> 'received', detail -> 'got' -> 'received' from core.exceptions
    where kind = 'payment_mismatch' and city_code = 'URB' and booking_id = tests.id('plane') and detail -> 'got' ->> 'received' = '9999'$$,
  $$values ('10000'::jsonb, '9999'::jsonb)$$, 'a person sees what was expected and what came');
select payments.agrees(tests.payment_of('plane'), '{"id": "x"}', '1', '2'), payments.agrees(tests.payment_of('plane'), '{"id": "x"}', '1', '2');
select is((select count(*) from core.exceptions where detail ->> 'object' = 'x'), 1::bigint, 'once per case');
select is(payments.agrees(tests.payment_of('plane'), '{"id": "y"}', '1', '1'), true, 'what agrees is no case');
select is(
  tests.hear('p1', 'payment_intent.succeeded', tests.stripe_intent('plane', 'succeeded')), 'processed', 'the right money is still taken');
select is(pg_temp.strange('{"id": "pi_other"}'), 'ignored', 'a second object for a payment is not believed');
select is(pg_temp.state('plane'), 'succeeded', 'and changes nothing');
select is(
  tests.hear('p2', 'payment_intent.succeeded', tests.stripe_intent('plane', 'succeeded', '{"id": "pi_z", "metadata": {"payment_id": "nonsense"}}')),
  'waiting', 'metadata that are no id name nobody');
select is(
  tests.hear('p3', 'payment_intent.created', jsonb_build_object('id', 'pi_y', 'object', 'payment_intent', 'status', 'processing',
    'metadata', jsonb_build_object('payment_id', tests.id('unknown')))),
  'waiting', 'nor does the id of no payment');
select is((select waiting_for from payments.stripe_events where event_id = 'p3'), 'pi_y', 'such an event waits for its intent');

select * from finish();
rollback;
