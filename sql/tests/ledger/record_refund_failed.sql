begin;
select plan(7);

select tests.create_paid_order('stay', 'card', 1000, 150);
select ledger.recognise_commission(tests.id('stay'), now());
select ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('refund'), 300, now());

select bag_eq(
  $$select tests.legs(ledger.record_refund_failed(tests.id('stay'), tests.id('card'), tests.id('refund'), now()))$$,
  array['debit refunds_payable 300 refund_reversal', 'credit customer_deposits 300 refund_reversal'],
  'what was owed is held again');
select isnt(
  ledger.record_refund_failed(tests.id('stay'), tests.id('card'), tests.id('refund'), now()), null, 'a refund fails once');
select is(
  tests.balances('stay'), '{"cash_reserve": 1000, "customer_deposits": -895, "commission_revenue": -105}',
  'the part of the commission waits in the deposits too');
select lives_ok(
  $$select ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('again'), 1000, now())$$,
  'the whole payment can be refunded again');
select is(tests.balances('stay'), '{"cash_reserve": 1000, "refunds_payable": -1000}', 'from commission and deposits');
select ledger.record_refund_settled(tests.id('stay'), tests.id('card'), tests.id('again'), now());
select bag_eq(
  $$select tests.legs(ledger.record_refund_failed(tests.id('stay'), tests.id('card'), tests.id('again'), now()))$$,
  array['debit cash_reserve 1000 refund_reversal', 'credit refunds_payable 1000 refund_reversal',
    'debit refunds_payable 1000 refund_reversal', 'credit customer_deposits 1000 refund_reversal'],
  'a refund that was settled brings the money back');
select tests.throws_code(
  $$select ledger.record_refund_failed(tests.id('stay'), tests.id('card'), tests.id('unknown'), now())$$,
  'NOT_FOUND', 'it must have been requested');

select * from finish();
rollback;
