begin;
select plan(32);

create function pg_temp.ask(name text, amount bigint, key text default 'a') returns payments.refunds language sql as $$
  select payments.request_refund((tests.payment_of(name)).id, amount, 'customer_request', null, key, 'user_1')
$$;
create function pg_temp.state(name text) returns text language sql as $$
  select concat_ws(' ', p.status, p.refund_amount, p.refunded_amount) from tests.payment_of(name) as p
$$;

-- asked for
select tests.pay_toy('car');
create temporary table first as select * from pg_temp.ask('car', 4000);
select row_eq(
  'select amount, currency, status, reason, requested_by, booking_id, city_code from first',
  row(4000::bigint, 'BRL'::text, 'pending'::payments.refund_status, 'customer_request'::payments.refund_reason, 'user_1'::text, tests.id('car'), 'URB'::text),
  'a part can be refunded');
select is(pg_temp.state('car'), 'refund_pending 4000 0', 'the payment counts it');
select is(
  (select payload from core.outbox where topic = 'payments.create_refund'),
  (select jsonb_build_object('refund_id', f.id, 'payment_id', f.payment_id, 'booking_id', f.booking_id, 'payment_intent_id', 'pi_car',
    'amount', 4000, 'currency', 'brl', 'reason', 'customer_request') from first as f),
  'the provider is asked');
select is(
  tests.balances('car'), '{"cash_reserve": 10000, "customer_deposits": -6000, "refunds_payable": -4000}', 'the books owe it');
select is((select type from ledger.ledger_transactions where id = (select ledger_transaction_id from first)), 'refund_requested',
  'and the refund names its posting');
select is((pg_temp.ask('car', 4000)).id, (select id from first), 'the same request is the same refund');
select is((pg_temp.ask('car', 4000, 'b')).amount, 4000::bigint, 'another request of that amount is another');
select tests.throws_code($$select pg_temp.ask('car', 2001, 'c')$$, 'AMOUNT_TOO_LARGE', 'no more than what is left');
select is((pg_temp.ask('car', null, 'c')).amount, 2000::bigint, 'without an amount it is all that is left');
select tests.throws_code($$select pg_temp.ask('car', null, 'd')$$, 'AMOUNT_TOO_LARGE', 'nothing is left then');
select tests.throws_code($$select pg_temp.ask('car', 0, 'd')$$, 'INVALID_PARAMETER', 'nothing cannot be refunded');
select tests.throws_code(
  $$select payments.request_refund(tests.id('x'), 1, 'fraud', null, 'k', null)$$, 'NOT_FOUND', 'nor what was never paid');
select tests.start_toy('doll');
select tests.throws_code($$select pg_temp.ask('doll', 1)$$, 'AMOUNT_TOO_LARGE', 'nor what is not paid yet');
select is(
  (select heard from toys.sales where id = tests.id('car')),
  '{started,succeeded,refund_requested,refund_requested,refund_requested}', 'the line hears of each');

-- a dispute
select tests.pay_toy('robot');
insert into payments.disputes (payment_id, booking_id, city_code, gateway_dispute_id, amount, currency)
select p.id, p.booking_id, p.city_code, 'dp_1', p.amount, p.currency from tests.payment_of('robot') as p;
select tests.throws_code($$select pg_temp.ask('robot', 1)$$, 'DISPUTE_OPEN', 'disputed money is not refunded');

-- settled
create function pg_temp.told(name text, refund text, news text, key text) returns text language sql as $$
  select tests.hear(
    'evt_' || refund || news, 'refund.updated',
    tests.stripe_refund(name, refund, news, r.amount, jsonb_build_object('metadata', jsonb_build_object('refund_id', r.id))))
  from payments.refunds as r
  where r.booking_id = tests.id(name) and r.request_key = key
$$;
select is(pg_temp.told('car', 're_a', 'pending', 'a'), 'processed', 'the provider may take its time');
select is((select gateway_refund_id from payments.refunds where request_key = 'a'), 're_a', 'its id is kept');
select is(pg_temp.told('car', 're_a', 'succeeded', 'a'), 'processed', 'then it settles');
select is(pg_temp.state('car'), 'refund_pending 10000 4000', 'others are still on their way');
select pg_temp.told('car', 're_b', 'succeeded', 'b'), pg_temp.told('car', 're_c', 'succeeded', 'c');
select is(pg_temp.state('car'), 'refunded 10000 10000', 'all settled is refunded');
select is(tests.balances('car'), '{}', 'and nothing is left');
select is((select state from toys.sales where id = tests.id('car')), 'refunded', 'the line knows');
select is((tests.payment_of('car')).gateway_refund_id, 're_c', 'the payment names the last refund');

-- failed
select is(pg_temp.told('car', 're_b', 'failed', 'b'), 'processed', 'a settled refund may still come back');
select is(pg_temp.state('car'), 'partially_refunded 6000 6000', 'then it does not count');
select is(tests.balances('car'), '{"cash_reserve": 4000, "customer_deposits": -4000}', 'the money is with us again');
select pg_temp.told('car', 're_b', 'pending', 'b');
select tests.hear('evt_late', 'refund.updated', tests.stripe_refund('car', 're_b', 'succeeded', 4000));
select is(pg_temp.state('car'), 'partially_refunded 6000 6000', 'late news do not settle it again');
select isnt_empty($$select from core.exceptions where kind = 'refund_failed' and booking_id = tests.id('car')$$, 'a person is told');
select is((pg_temp.ask('car', 4000, 'b')).status, 'pending', 'it can be asked for again');

-- for every writer (tg__lock_payment, tg__refresh_payment)
select throws_ok(
  $$insert into payments.refunds (payment_id, booking_id, city_code, amount, currency, reason, request_key)
    select payment_id, booking_id, city_code, 1, currency, reason, 'x' from first$$,
  '23514', null, 'more than was captured cannot be refunded, whoever writes it');
delete from payments.refunds where request_key = 'b' and status = 'pending';
select is(pg_temp.state('car'), 'partially_refunded 6000 6000', 'and the payment always says what its refunds say');

set local role service_role;
select throws_ok(
  $$select payments.request_refund(null, 1, 'fraud', null, 'k', null)$$, '42501', null, 'nobody asks past the functions for it');

select * from finish();
rollback;
