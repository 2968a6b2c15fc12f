begin;
select plan(19);

create function pg_temp.state(name text) returns text language sql as $$
  select concat_ws(' ', p.status, p.refund_amount, p.refunded_amount) from tests.payment_of(name) as p
$$;
create function pg_temp.ours(name text) returns jsonb language sql as $$
  select jsonb_build_object('metadata', jsonb_build_object('refund_id', r.id))
  from payments.request_refund((tests.payment_of(name)).id, 3000, 'customer_request', null, 'a', null) as r
$$;

-- made at the provider by hand (payments.apply_refund, payments.open_refund)
select tests.pay_toy('car');
select is(tests.hear('c1', 'refund.created', tests.stripe_refund('car', 're_1', 'pending', 2500)), 'processed', 'a refund made at the provider is adopted');
select row_eq(
  $$select amount, status, reason, reason_details, gateway_refund_id from payments.refunds where booking_id = tests.id('car')$$,
  row(2500::bigint, 'pending'::payments.refund_status, 'admin_override'::payments.refund_reason, 'made at the provider'::text, 're_1'::text),
  'with its story');
select is_empty($$select from core.outbox where topic = 'payments.create_refund'$$, 'and not asked for again');
select is(tests.hear('c2', 'refund.updated', tests.stripe_refund('car', 're_1', 'succeeded', 2500)), 'processed', 'then it settles');
select is(pg_temp.state('car'), 'partially_refunded 2500 2500', 'and counts');
select is(tests.balances('car'), '{"cash_reserve": 7500, "customer_deposits": -7500}', 'also in the books');
select is(
  tests.hear('c3', 'refund.created', tests.stripe_refund('car', 're_2', 'succeeded', 7501)), 'failed',
  'more than is left is kept for a person');
select is(pg_temp.state('car'), 'partially_refunded 2500 2500', 'and moves nothing');
select is(
  tests.hear('c4', 'refund.created', tests.stripe_refund('car', 're_3', 'succeeded', 100,
    jsonb_build_object('metadata', jsonb_build_object('refund_id', tests.id('x'))))),
  'ignored', 'a refund that claims to be ours and is not is not believed');

-- ours
select tests.pay_toy('doll');
create temporary table asked as select pg_temp.ours('doll') as meta;
select is(
  tests.hear('d1', 'refund.created', tests.stripe_refund('doll', 're_4', 'succeeded', 3001, (select meta from asked))), 'ignored',
  'another amount than asked for is not believed');
select is(
  tests.hear('d2', 'charge.refunded', tests.stripe_charge('doll', '{"amount_refunded": 3000, "refunded": false}')), 'processed',
  'what a charge says of refunds');
select is(pg_temp.state('doll'), 'refund_pending 3000 0', 'moves no money');
select is(
  tests.hear('d3', 'refund.failed', tests.stripe_refund('doll', 're_4', 'failed', 3000, (select meta from asked) || '{"failure_reason": "lost_or_stolen_card"}')),
  'processed', 'a refund may fail at once');
select is(pg_temp.state('doll'), 'succeeded 0 0', 'then the payment is whole');
select is(tests.balances('doll'), '{"cash_reserve": 10000, "customer_deposits": -10000}', 'as are the books');
select is(
  (select detail ->> 'reason' from core.exceptions where kind = 'refund_failed'), 'lost_or_stolen_card', 'and a person is told why');
select is((select heard from toys.sales where id = tests.id('doll')), '{started,succeeded,refund_requested,refund_failed}', 'as is the line');

-- before its payment
select tests.start_toy('robot');
select tests.hear('r1', 'payment_intent.created', tests.stripe_intent('robot', 'requires_payment_method'));
select is(
  tests.hear('r2', 'refund.created', tests.stripe_refund('robot', 're_5', 'succeeded', 10000)), 'waiting',
  'a refund of a payment that has not succeeded here waits for it');
select tests.hear('r3', 'payment_intent.succeeded', tests.stripe_intent('robot', 'succeeded'));
select is(pg_temp.state('robot'), 'refunded 10000 10000', 'and follows it');

select * from finish();
rollback;
