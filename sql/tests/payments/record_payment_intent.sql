begin;
select plan(22);

select tests.start_toy('car');
select tests.start_toy('doll');

-- events that come first
select is(
  tests.hear('evt_1', 'payment_intent.succeeded', tests.stripe_intent('car', 'succeeded', '{"metadata": {}}')), 'waiting',
  'an event about an object that we cannot place waits');
select is(
  tests.hear('evt_2', 'payment_intent.processing', tests.stripe_intent('car', 'processing', '{"metadata": {}}')), 'waiting', 'so does the next');
select is((tests.payment_of('car')).status, 'pending', 'and changes nothing');

-- the service
select tests.authenticate_as_service_role();
select throws_ok($$select from payments.lock_payment(tests.id('car'))$$, '42501', null, 'the service has no way around the functions');
select is(
  api.record_payment_intent((select (p).id from tests.payment_of('car') as p), tests.stripe_intent('car', 'requires_payment_method')),
  '{"payment_intent_id": "pi_car", "status": "requires_payment_method"}', 'the service stores what the provider made');
reset role;
select results_eq(
  $$select event_id, status, waiting_for from payments.stripe_events order by event_id$$,
  $$values ('evt_1', 'processed', null), ('evt_2', 'processed', null)$$, 'events that waited are processed');
select is((tests.payment_of('car')).status, 'succeeded', 'so the payment is paid');
select is((tests.payment_of('car')).stripe_payment_intent_id, 'pi_car', 'and knows the provider''s id');
select is((select count(*) from payments.payments where gateway_response ? 'client_secret'), 0::bigint, 'no secret is kept with it');

select is(
  payments.record_payment_intent((tests.payment_of('car')).id, tests.stripe_intent('car', 'requires_payment_method')) ->> 'status',
  'requires_payment_method', 'storing it again changes nothing');
select is((tests.payment_of('car')).status, 'succeeded', 'it stays paid');

-- what does not fit
select tests.throws_code(
  $$select payments.record_payment_intent((tests.payment_of('doll')).id, tests.stripe_intent('car', 'processing'))$$, 'INVALID_PARAMETER',
  'the object has to name the payment');
select tests.throws_code(
  $$select payments.record_payment_intent((tests.payment_of('doll')).id, '{"object": "charge", "id": "ch_1"}')$$, 'INVALID_PARAMETER',
  'and to be a payment intent');
select tests.throws_code(
  $$select payments.record_payment_intent(tests.id('unknown'), tests.stripe_intent('car', 'processing'))$$, 'NOT_FOUND', 'the payment has to exist');

-- one too many (payments.drop_spare_intent)
select tests.start_toy('robot');
select payments.record_payment_intent((tests.payment_of('robot')).id, tests.stripe_intent('robot', 'requires_payment_method'));
select is(
  payments.record_payment_intent((tests.payment_of('robot')).id, tests.stripe_intent('robot', 'requires_payment_method', '{"id": "pi_spare"}')),
  '{"payment_intent_id": "pi_robot", "status": null}', 'of two intents for one payment the first counts');
select results_eq(
  $$select topic, payload ->> 'payment_intent_id' from core.outbox where booking_id = tests.id('robot')$$,
  $$values ('payments.cancel_payment_intent', 'pi_spare')$$, 'the other is cancelled');
select is(
  tests.hear('evt_3', 'payment_intent.canceled', tests.stripe_intent('robot', 'canceled', '{"id": "pi_spare"}')), 'processed',
  'which touches nothing');
select is((tests.payment_of('robot')).status, 'pending', 'the payment goes on');
select is_empty($$select from core.exceptions$$, 'and nobody need look at it');

-- called off meanwhile
select payments.cancel_open_payments(tests.id('doll'), 'the hold ran out');
select payments.record_payment_intent((tests.payment_of('doll')).id, tests.stripe_intent('doll', 'requires_payment_method'));
select results_eq(
  $$select payload ->> 'payment_intent_id' from core.outbox where booking_id = tests.id('doll')$$, array['pi_doll'],
  'what was made for a payment that was called off meanwhile is cancelled at the provider');

-- everybody else
select tests.as_anon('a session of a guest');
select throws_ok($$select api.record_payment_intent(tests.id('car'), '{}')$$, '42501', null, 'guests cannot call it');
select tests.as_staff('admin');
select throws_ok($$select api.record_payment_intent(tests.id('car'), '{}')$$, '42501', null, 'nor staff');

select * from finish();
rollback;
