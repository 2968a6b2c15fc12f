begin;
select plan(20);

create function pg_temp.start(name text) returns payments.payments language sql as $$
  select tests.order_toy(name);
  select payments.start_payment(tests.id(name), 'stripe_checkout', tests.session(name))
$$;
create function pg_temp.payment(name text) returns payments.payments language sql as $$
  select tests.payment_of(name, 'stripe_checkout')
$$;
create function pg_temp.session(name text, status text, payment_status text, changes jsonb default '{}') returns jsonb language sql as $$
  select jsonb_build_object('id', 'cs_' || name, 'object', 'checkout.session', 'status', $2, 'payment_status', $3,
    'amount_total', p.amount, 'currency', lower(p.currency), 'payment_intent', 'pi_' || name,
    'metadata', jsonb_build_object('payment_id', p.id)) || changes
  from pg_temp.payment(name) as p
$$;
create function pg_temp.intent(name text) returns jsonb language sql as $$
  select jsonb_build_object('id', 'pi_' || name, 'object', 'payment_intent', 'status', 'succeeded', 'amount', 10000, 'amount_received', 10000,
    'currency', 'brl', 'latest_charge', 'ch_' || name, 'payment_method', 'pm_1', 'metadata', '{}'::jsonb)
$$;

-- session first
select pg_temp.start('car');
select is(tests.hear('c1', 'checkout.session.completed', pg_temp.session('car', 'complete', 'paid')), 'processed', 'a paid session pays');
select row_eq(
  $$select p.status, p.stripe_checkout_session_id, p.stripe_payment_intent_id from pg_temp.payment('car') as p$$,
  row('succeeded'::payments.payment_status, 'cs_car'::text, 'pi_car'::text), 'and names its intent');
select is(tests.hear('c2', 'payment_intent.succeeded', pg_temp.intent('car')), 'processed', 'the success of the intent');
select is((pg_temp.payment('car')).gateway_charge_id, 'ch_car', 'adds what it knows');
select is(tests.balances('car'), '{"cash_reserve": 10000, "customer_deposits": -10000}', 'but the money is booked once');
select is((select heard from toys.sales where id = tests.id('car')), '{started,succeeded}', 'and heard of once');

-- intent first
select pg_temp.start('doll');
select is(tests.hear('d1', 'payment_intent.succeeded', pg_temp.intent('doll')), 'waiting', 'the intent of an unknown session waits');
select is(tests.hear('d2', 'checkout.session.completed', pg_temp.session('doll', 'complete', 'paid')), 'processed', 'for its session');
select is((select status from payments.stripe_events where event_id = 'd1'), 'processed', 'which takes it along');
select is((pg_temp.payment('doll')).gateway_charge_id, 'ch_doll', 'with what it knows');
select is(tests.balances('doll'), '{"cash_reserve": 10000, "customer_deposits": -10000}', 'and the money is booked once');

-- paid later
select pg_temp.start('robot');
select tests.hear('r1', 'checkout.session.completed', pg_temp.session('robot', 'complete', 'unpaid'));
select is((pg_temp.payment('robot')).status, 'pending', 'a session may be complete before it is paid');
select tests.hear('r2', 'checkout.session.async_payment_succeeded', pg_temp.session('robot', 'complete', 'paid'));
select is((pg_temp.payment('robot')).status, 'succeeded', 'and be paid later');

-- run out
select pg_temp.start('kite');
select tests.hear('k1', 'checkout.session.expired', pg_temp.session('kite', 'expired', 'unpaid', '{"payment_intent": null}'));
select is((pg_temp.payment('kite')).status, 'expired', 'a session runs out');
select is((select heard from toys.sales where id = tests.id('kite')), '{started,cancelled}', 'and the line hears of it');
select tests.hear('c3', 'checkout.session.expired', pg_temp.session('car', 'expired', 'unpaid'));
select is((pg_temp.payment('car')).status, 'succeeded', 'but not after it was paid');

-- what does not agree
select is(
  tests.hear('x1', 'checkout.session.completed', pg_temp.session('kite', 'complete', 'paid', '{"amount_total": 1}')), 'ignored',
  'another amount is not believed');
select is(
  tests.hear('x2', 'checkout.session.completed', pg_temp.session('kite', 'complete', 'paid', '{"id": "cs_other"}')), 'ignored', 'nor another session');
select is(
  tests.hear('x3', 'checkout.session.completed', pg_temp.session('car', 'complete', 'paid', '{"payment_intent": "pi_other"}')), 'ignored',
  'nor another intent');
select is(
  payments.apply_checkout_session('{"id": "cs_unknown", "object": "checkout.session"}', now()) ->> 'status', 'waiting',
  'an unknown one waits');

select * from finish();
rollback;
