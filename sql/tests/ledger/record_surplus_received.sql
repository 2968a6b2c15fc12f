begin;
select plan(6);

select tests.create_paid_order('stay', 'card', 1000, 150);
select tests.create_payment('twice', 'stay', 'stripe_pix');

select bag_eq(
  $$select tests.legs(ledger.record_surplus_received(tests.id('stay'), tests.id('twice'), tests.id('refund'), 1000, now()))$$,
  array['debit cash_reserve 1000 payment_received', 'credit customer_deposits 1000 payment_received',
    'debit customer_deposits 1000 refund_processed', 'credit refunds_payable 1000 refund_processed'],
  'a second payment is received and owed back at once');
select isnt(
  ledger.record_surplus_received(tests.id('stay'), tests.id('twice'), tests.id('another refund'), 1000, now()),
  null, 'a payment is received once');
select is(
  tests.balances('stay'), '{"cash_reserve": 2000, "customer_deposits": -1000, "refunds_payable": -1000}',
  'the booking holds the price once');

-- the rest of its life does not touch the booking
select ledger.recognise_commission(tests.id('stay'), now());
select is(
  tests.balances('stay'),
  '{"cash_reserve": 2000, "customer_deposits": -850, "commission_revenue": -150, "refunds_payable": -1000}',
  'commission falls on the price alone');
select ledger.record_refund_settled(tests.id('stay'), tests.id('twice'), tests.id('refund'), now());
select ledger.record_refund_failed(tests.id('stay'), tests.id('twice'), tests.id('refund'), now());
select ledger.record_owner_share_due(tests.id('stay'), now());
select is(
  tests.balances('stay'),
  '{"cash_reserve": 2000, "customer_deposits": -1000, "commission_revenue": -150, "payouts_receivable": -850}',
  'the owner gets nothing of a surplus whose refund failed');
select ledger.record_refund_requested(tests.id('stay'), tests.id('twice'), tests.id('second try'), 1000, now());
select is(
  tests.balances('stay'),
  '{"cash_reserve": 2000, "refunds_payable": -1000, "commission_revenue": -150, "payouts_receivable": -850}',
  'its refund can be tried again');

select * from finish();
rollback;
