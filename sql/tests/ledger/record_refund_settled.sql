begin;
select plan(5);

select tests.create_paid_order('stay', 'card', 1000, 150);
select ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('refund'), 300, now());

select bag_eq(
  $$select tests.legs(ledger.record_refund_settled(tests.id('stay'), tests.id('card'), tests.id('refund'), now()))$$,
  array['debit refunds_payable 300 refund_processed', 'credit cash_reserve 300 refund_processed'],
  'what was owed is paid');
select isnt(
  ledger.record_refund_settled(tests.id('stay'), tests.id('card'), tests.id('refund'), now()), null, 'a refund is settled once');
select is(tests.balances('stay'), '{"cash_reserve": 700, "customer_deposits": -700}', 'and paid once');
select tests.throws_code(
  $$select ledger.record_refund_settled(tests.id('stay'), tests.id('card'), tests.id('unknown'), now())$$,
  'NOT_FOUND', 'it must have been requested');
select ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('failed'), 300, now());
select ledger.record_refund_failed(tests.id('stay'), tests.id('card'), tests.id('failed'), now());
select is(
  ledger.record_refund_settled(tests.id('stay'), tests.id('card'), tests.id('failed'), now()), null,
  'what has failed is not paid any more');

select * from finish();
rollback;
