begin;
select plan(3);

select tests.start_toy('car');
select tests.hear('evt_1', 'payment_intent.succeeded', tests.stripe_intent('car', 'succeeded', '{"metadata": {}}'));
select is(
  payments.gauges() - 'stripe_events_late_seconds',
  '{"stripe_events_failed": 0, "stripe_events_waiting": 1, "stripe_events_dead": 0, "refunds_pending": 0, "disputes_open": 0}',
  'an event that waits is counted');

select payments.request_refund(tests.pay_toy('doll'), null, 'customer_request', null, 'toy', 'test');
select is(payments.gauges() -> 'refunds_pending', '1', 'and a refund on its way');
select tests.hear('evt_2', 'charge.dispute.created', tests.stripe_dispute('doll', 'needs_response'));
select is(payments.gauges() -> 'disputes_open', '1', 'and an open dispute');

select * from finish();
rollback;
