begin;
select plan(27);

create function pg_temp.prepare(name text) returns jsonb language sql as $$
  select payments.prepare_checkout_session(tests.id(name), tests.session(name), 'https://shop.example/', null)
$$;
create function pg_temp.payment(name text) returns payments.payments language sql as $$
  select tests.payment_of(name, 'stripe_checkout')
$$;
create function pg_temp.session(name text, status text, changes jsonb default '{}') returns jsonb language sql as $$
  select jsonb_build_object('id', 'cs_' || name, 'object', 'checkout.session', 'status', $2, 'payment_status', 'unpaid',
    'amount_total', p.amount, 'currency', lower(p.currency), 'payment_intent', null,
    'metadata', jsonb_build_object('payment_id', p.id)) || changes
  from pg_temp.payment(name) as p
$$;
create function pg_temp.closed(name text) returns text[] language sql as $$
  select coalesce(array_agg(o.payload ->> 'checkout_session_id' order by o.seq), '{}')
  from core.outbox as o where o.booking_id = tests.id(name) and o.topic = 'payments.expire_checkout_session'
$$;
select tests.order_toy(t), pg_temp.prepare(t) from unnest(array['car', 'doll', 'kite', 'robot']) as t;

-- the service
select tests.authenticate_as_service_role();
select is(
  api.record_checkout_session((select (p).id from tests.payment_of('car', 'stripe_checkout') as p), s),
  '{"checkout_session_id": "cs_car", "status": "open"}', 'the service stores what the provider made')
from (select jsonb_build_object('id', 'cs_car', 'object', 'checkout.session', 'status', 'open', 'payment_status', 'unpaid',
  'amount_total', 10000, 'currency', 'brl', 'payment_intent', null,
  'metadata', jsonb_build_object('payment_id', (select (p).id from tests.payment_of('car', 'stripe_checkout') as p))) as s) as made;
reset role;
select is((pg_temp.payment('car')).stripe_checkout_session_id, 'cs_car', 'the payment knows its session');
select is(pg_temp.prepare('car') ->> 'checkout_session_id', 'cs_car', 'which is named from now on');
select is(
  payments.record_checkout_session((pg_temp.payment('car')).id, pg_temp.session('car', 'open')) ->> 'status', 'open',
  'storing it again changes nothing');
select is(pg_temp.closed('car'), '{}', 'and closes nothing');

-- one too many
select is(
  payments.record_checkout_session((pg_temp.payment('car')).id, pg_temp.session('car', 'open', '{"id": "cs_spare"}')),
  '{"checkout_session_id": "cs_car", "status": null}', 'of two sessions for one payment the first counts');
select is(pg_temp.closed('car'), '{cs_spare}', 'the other is closed');
select is(
  tests.hear('c1', 'checkout.session.expired', pg_temp.session('car', 'expired', '{"id": "cs_spare"}')), 'processed', 'which touches nothing');
select is((pg_temp.payment('car')).status, 'pending', 'the payment goes on');
select is_empty('table core.exceptions', 'and nobody need look at it');

-- called off, before and after it is known (payments.close_checkout_session)
select payments.cancel_open_payments(tests.id('doll'), 'the hold ran out');
select is(pg_temp.closed('doll'), '{}', 'what nobody has made yet need not be closed');
select payments.record_checkout_session((pg_temp.payment('doll')).id, pg_temp.session('doll', 'open'));
select is(pg_temp.closed('doll'), '{cs_doll}', 'a session that was made for a payment called off meanwhile is closed');
select payments.record_checkout_session((pg_temp.payment('kite')).id, pg_temp.session('kite', 'open'));
select payments.start_payment(tests.id('kite'), 'stripe_card', tests.session('kite'));
select is(pg_temp.closed('kite'), '{cs_kite}', 'choosing another method closes the page');
select payments.close_checkout_session(pg_temp.payment('kite'), 'cs_kite');
select is(pg_temp.closed('kite'), '{cs_kite}', 'once');
select is(
  tests.hear('k1', 'payment_intent.created', jsonb_build_object('id', 'pi_kite', 'object', 'payment_intent', 'status', 'requires_payment_method',
    'amount', 10000, 'currency', 'brl', 'metadata', jsonb_build_object('payment_id', (pg_temp.payment('kite')).id))), 'processed',
  'somebody may still be trying there');
select is_empty(
  $$select from core.outbox where booking_id = tests.id('kite') and topic = 'payments.cancel_payment_intent'$$,
  'the intent of a page cannot be cancelled by itself');
select payments.on_command_done(o.id, o.topic, 'done', pg_temp.session('kite', 'expired'))
from core.outbox as o where o.booking_id = tests.id('kite') and o.topic = 'payments.expire_checkout_session';
select is((pg_temp.payment('kite')).status, 'cancelled', 'closed, the payment stays called off');
select payments.on_command_done(o.id, o.topic, 'done', pg_temp.session('kite', 'complete', '{"payment_status": "paid", "payment_intent": "pi_kite"}'))
from core.outbox as o where o.booking_id = tests.id('kite') and o.topic = 'payments.expire_checkout_session';
select is((pg_temp.payment('kite')).status, 'succeeded', 'or is late, where the customer was quicker');

-- a page on which paying failed
select payments.record_checkout_session((pg_temp.payment('robot')).id, pg_temp.session('robot', 'open'));
create temporary table first_page as select (pg_temp.payment('robot')).id;
select tests.hear('r1', 'payment_intent.payment_failed', jsonb_build_object('id', 'pi_robot', 'object', 'payment_intent',
  'status', 'requires_payment_method', 'amount', 10000, 'currency', 'brl', 'metadata', jsonb_build_object('payment_id', f.id),
  'last_payment_error', '{"code": "card_declined", "charge": "ch_robot"}'::jsonb)) from first_page as f;
select is((pg_temp.payment('robot')).status, 'failed', 'a try on a page may fail');
select is((pg_temp.prepare('robot') ->> 'checkout_session_id'), null, 'starting again is a new page');
select isnt((pg_temp.payment('robot')).id, (select id from first_page), 'of a new payment');
select is(pg_temp.closed('robot'), '{cs_robot}', 'the old one is closed');

-- what does not fit
select tests.throws_code(
  $$select payments.record_checkout_session((pg_temp.payment('robot')).id, pg_temp.session('car', 'open'))$$, 'INVALID_PARAMETER',
  'the object has to name the payment');
select tests.throws_code(
  $$select payments.record_checkout_session((pg_temp.payment('robot')).id, '{"object": "payment_intent", "id": "pi_1"}')$$, 'INVALID_PARAMETER',
  'and to be a session');
select tests.throws_code(
  $$select payments.record_checkout_session(tests.id('unknown'), pg_temp.session('car', 'open'))$$, 'NOT_FOUND', 'the payment has to exist');

-- everybody else
select tests.as_anon('a session of a guest');
select throws_ok($$select api.record_checkout_session(tests.id('car'), '{}')$$, '42501', null, 'guests cannot call it');
select tests.as_staff('admin');
select throws_ok($$select api.record_checkout_session(tests.id('car'), '{}')$$, '42501', null, 'nor staff');
reset role;

select * from finish();
rollback;
