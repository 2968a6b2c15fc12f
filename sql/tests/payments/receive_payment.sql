begin;
select plan(22);

-- two payments of one order
select tests.start_toy('car');
select payments.record_payment_intent((tests.payment_of('car')).id, tests.stripe_intent('car', 'requires_payment_method'));
select payments.start_payment(tests.id('car'), 'stripe_pix', tests.session('car'));
select payments.receive_payment(tests.payment_of('car', 'stripe_pix'), now());
select is((tests.payment_of('car', 'stripe_pix')).status, 'succeeded', 'the first money pays the order');
select tests.hear('evt_1', 'payment_intent.succeeded', tests.stripe_intent('car', 'succeeded'));
select row_eq(
  $$select p.status, p.is_surplus, p.amount_captured, p.refund_amount, p.refunded_amount from tests.payment_of('car') as p$$,
  row('refund_pending'::payments.payment_status, true, 10000::bigint, 10000::bigint, 0::bigint),
  'the second is surplus, and goes back in full at once');
select row_eq(
  $$select amount, reason, reason_details, status, requested_by from payments.refunds where payment_id = (tests.payment_of('car')).id$$,
  row(10000::bigint, 'admin_override'::payments.refund_reason, 'the order was already paid'::text, 'pending'::payments.refund_status, null::text),
  'the refund says why');
select is(
  tests.balances('car'), '{"cash_reserve": 20000, "customer_deposits": -10000, "refunds_payable": -10000}',
  'the books hold one payment and owe the other');
select is((select heard from toys.sales where id = tests.id('car')), '{started,started,succeeded}', 'the line never hears of surplus');
select bag_eq(
  $$select topic from core.outbox where booking_id = tests.id('car')$$,
  array['payments.cancel_payment_intent', 'payments.create_refund', 'payments.fetch_stripe_object'], 'the provider is asked to give it back');
select tests.hear('evt_2', 'refund.created', tests.stripe_refund('car', 're_1', 'succeeded', 10000,
  jsonb_build_object('metadata', jsonb_build_object('refund_id', (select id from payments.refunds where booking_id = tests.id('car'))))));
select is((tests.payment_of('car')).status, 'refunded', 'once given back it is refunded');
select is(tests.balances('car'), '{"cash_reserve": 10000, "customer_deposits": -10000}', 'and only the order''s money is left');
select is((select state from toys.sales where id = tests.id('car')), 'paid', 'the order stays paid');

-- surplus that could not be given back
select tests.hear('evt_3', 'refund.failed', tests.stripe_refund('car', 're_1', 'failed', 10000));
select is((tests.payment_of('car')).status, 'succeeded', 'surplus whose refund failed is with us again');
select is(
  (payments.request_refund((tests.payment_of('car')).id, null, 'admin_override', 'tried again', 'again', null)).amount, 10000::bigint,
  'and can be refunded again');
select is(
  tests.balances('car'), '{"cash_reserve": 20000, "customer_deposits": -10000, "refunds_payable": -10000}', 'the books say so');

-- money that comes too late
select tests.start_toy('doll');
update toys.sales set state = 'gone' where id = tests.id('doll');
select is(tests.hear('evt_4', 'payment_intent.succeeded', tests.stripe_intent('doll', 'succeeded')), 'processed', 'a payment may come too late');
select row_eq(
  $$select p.status, p.is_surplus, p.refund_amount from tests.payment_of('doll') as p$$,
  row('refund_pending'::payments.payment_status, false, 10000::bigint), 'if the line cannot fulfil it, it goes back in full');
select is((select heard from toys.sales where id = tests.id('doll')), '{started,succeeded,refund_requested}', 'and the line hears that');
select is(
  tests.balances('doll'), '{"cash_reserve": 10000, "refunds_payable": -10000}', 'the books owe it to the customer');
select is(
  (select reason_details from payments.refunds where booking_id = tests.id('doll')), 'what was paid for is no longer available', 'the refund says why');

-- other open payments
select tests.start_toy('robot');
insert into payments.payments (booking_id, city_code, method, provider, amount, currency)
values (tests.id('robot'), 'URB', 'stripe_pix', 'stripe', 10000, 'BRL');
select payments.receive_payment(tests.payment_of('robot'), now());
select is((tests.payment_of('robot', 'stripe_pix')).status, 'cancelled', 'what else was open is called off');

-- for every writer
select throws_ok(
  $$update payments.payments set status = 'succeeded', amount_captured = amount
    where booking_id = tests.id('robot') and method = 'stripe_pix'$$, '23505', null, 'no order is paid twice, whoever writes it');
select throws_ok(
  $$update payments.payments set amount_captured = amount + 1 where booking_id = tests.id('robot') and method = 'stripe_card'$$,
  '23514', null, 'nor more than its amount');
select tests.throws_code(
  $$update payments.payments set status = 'pending' where booking_id = tests.id('robot') and method = 'stripe_card'$$,
  'INVALID_TRANSITION', 'nor unpaid again');

set local role service_role;
select throws_ok(
  $$select payments.receive_payment(null, now())$$, '42501', null, 'nobody receives money but through an event');

select * from finish();
rollback;
