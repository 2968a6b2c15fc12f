begin;
select plan(5);

select tests.create_paid_order('purchase', 'card', 500, city => 'ALL');
select ledger.record_credits_sold(tests.id('purchase'), tests.id('card'), 'ana', 500, 1000, now());
select ledger.record_credits_used('ana', 400, 'usage 1', now());

select bag_eq(
  $$select tests.legs(ledger.record_credits_returned(tests.id('purchase'), tests.id('card'), 'ana', 600, tests.id('refund'), now()))$$,
  array['debit wallet 600 credit_refund CREDIT', 'credit credits_issued 600 credit_refund CREDIT',
    'debit credits_liability 300 refund_processed', 'credit refunds_payable 300 refund_processed'],
  'the cost of unspent credits is owed to the user');
select isnt(
  ledger.record_credits_returned(tests.id('purchase'), tests.id('card'), 'ana', 600, tests.id('refund'), now()), null,
  'a refund is made once');
select bag_eq(
  $$select tests.legs(ledger.record_refund_settled(tests.id('purchase'), tests.id('card'), tests.id('refund'), now()))$$,
  array['debit refunds_payable 300 refund_processed', 'credit cash_reserve 300 refund_processed'],
  'and paid like every refund');
select tests.throws_code(
  $$select ledger.record_credits_returned(tests.id('purchase'), tests.id('card'), 'ana', 1, tests.id('more'), now())$$,
  'AMOUNT_TOO_LARGE', 'spent credits are not given back');
select ok((ledger.verify() -> 'ok')::boolean, 'the books are in order');

select * from finish();
rollback;
