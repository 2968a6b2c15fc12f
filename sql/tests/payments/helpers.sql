begin;
select plan(42);

-- ids in objects of Stripe
select is(payments.stripe_id('"ch_1"'), 'ch_1', 'a field may hold an id');
select is(payments.stripe_id('{"id": "ch_1", "object": "charge"}'), 'ch_1', 'or the object');
select is(payments.stripe_id('null'), null, 'or nothing');
select is(payments.stripe_id(null), null, 'or be missing');
select is(payments.stripe_id(to_jsonb(repeat('x', 256))), null, 'what is so long is no id');
select is(payments.stripe_key('{"id": "pi_1"}'), 'pi_1', 'an intent is about itself');
select is(payments.stripe_key('{"id": "ch_1", "payment_intent": {"id": "pi_1"}}'), 'pi_1', 'a charge about its intent');
select is(payments.stripe_key('{"id": "cs_1", "payment_intent": null}'), 'cs_1', 'a session without intent about itself');
select is(
  payments.metadata_id('{"metadata": {"payment_id": "6F9619FF-8B86-4011-B42D-00C04FC964FF"}}', 'payment_id'),
  '6f9619ff-8b86-4011-b42d-00c04fc964ff', 'metadata hold our ids');
select is(payments.metadata_id('{"metadata": {"payment_id": "1 or true"}}', 'payment_id'), null, 'anything else is none');
select is(payments.metadata_id('{"metadata": {}}', 'payment_id'), null, 'nor is nothing');
select is(payments.outcome('waiting', tests.id('x')), jsonb_build_object('status', 'waiting', 'booking_id', tests.id('x')), 'outcomes are plain');

-- numbers and times in them, and what is no object of Stripe
select is(payments.stripe_number('{"fee": 320}', 'fee'), 320::bigint, 'a number is read');
select is(payments.stripe_time('{"created": 1800000000}', 'created'), to_timestamp(1800000000), 'a time is a number of seconds');
select tests.throws_code(format('select payments.stripe_number(%L, ''fee'')', o), 'INVALID_REQUEST', 'no number of Stripe: ' || o)
from unnest(array['{}', '{"fee": null}', '{"fee": "1"}', '{"fee": 0.5}', '{"fee": 1000000000000}', '[]']) as o;
select tests.throws_code($$select payments.stripe_number('{"amount": 0}', 'amount', 1)$$, 'INVALID_REQUEST', 'nor one below the least');
select tests.throws_code($$select payments.stripe_time('{"created": 1e30}', 'created')$$, 'INVALID_REQUEST', 'nor is that a time');
select lives_ok($$select payments.require_stripe_object('{"id": "ch_1", "object": "charge"}')$$, 'an object has an id and a kind');
select tests.throws_code(format('select payments.require_stripe_object(%L)', o), 'INVALID_REQUEST', 'no object of Stripe: ' || left(o, 40))
from unnest(array['{"object": "charge"}', '{"id": "", "object": "charge"}', '{"id": {"id": "ch_1"}, "object": "charge"}', '{"id": "ch_1", "object": 1}',
  '"ch_1"', format('{"id": "%s", "object": "charge"}', repeat('x', 256))]) as o;

-- whose it is
select tests.pay_toy('car');
select is(payments.find_payment(o), (tests.payment_of('car')).id, 'an object is found by ' || how)
from (values
  ('the intent', '{"id": "pi_car", "object": "payment_intent"}'::jsonb),
  ('its intent', '{"id": "ch_9", "object": "charge", "payment_intent": "pi_car"}'),
  ('the charge', '{"id": "ch_car", "object": "charge"}'),
  ('its charge', '{"id": "re_9", "object": "refund", "charge": "ch_car"}'),
  ('its source', '{"id": "txn_9", "object": "balance_transaction", "source": "ch_car"}'),
  ('our id', jsonb_build_object('id', 'pi_9', 'object', 'payment_intent', 'metadata', jsonb_build_object('payment_id', (tests.payment_of('car')).id))))
  as v (how, o);
select is(payments.find_payment('{"id": "pi_9", "object": "payment_intent"}'), null, 'or not at all');

-- the line
select is(payments.tell_line(tests.payment_of('car'), 'processing'), 'accepted', 'the line is told');
select is((select heard from toys.sales where id = tests.id('car')), '{started,succeeded,processing}', 'and hears');
update payments.payments set is_surplus = true where booking_id = tests.id('car');
select is(payments.tell_line(tests.payment_of('car'), 'failed'), 'accepted', 'of surplus');
select is((select heard from toys.sales where id = tests.id('car')), '{started,succeeded,processing}', 'it hears nothing');

-- ranks
select is(
  (select array_agg(t order by payments.stripe_event_rank(t)) from unnest(array[
    'refund.failed', 'refund.updated', 'refund.created', 'charge.succeeded', 'payment_intent.succeeded', 'payment_intent.canceled',
    'payment_intent.amount_capturable_updated', 'payment_intent.payment_failed', 'payment_intent.processing', 'payment_intent.created',
    'checkout.session.completed']) as t),
  array['checkout.session.completed', 'payment_intent.created', 'payment_intent.processing', 'payment_intent.payment_failed',
    'payment_intent.amount_capturable_updated', 'payment_intent.canceled', 'payment_intent.succeeded', 'charge.succeeded',
    'refund.created', 'refund.updated', 'refund.failed'],
  'events have ranks');
select is((payments.lock_payment(tests.id('x'))).id, null, 'there is nothing to lock of an unknown payment');

select * from finish();
rollback;
