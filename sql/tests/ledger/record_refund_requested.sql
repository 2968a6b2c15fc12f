begin;
select plan(11);

select tests.create_paid_order('stay', 'card', 1000, 150);

-- before confirmation
select bag_eq(
  $$select tests.legs(ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('early'), 100, now()))$$,
  array['debit customer_deposits 100 refund_processed', 'credit refunds_payable 100 refund_processed'],
  'before the commission is earned a refund comes from the deposits');
select isnt(
  ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('early'), 100, now()), null,
  'a refund is requested once');
select is(ledger.booking_balance(tests.id('stay'), 'refunds_payable'), -100::bigint, 'and owed once');

-- after confirmation
select ledger.recognise_commission(tests.id('stay'), now());
select is(ledger.booking_balance(tests.id('stay'), 'commission_revenue'), -135::bigint, 'the commission is that on what is left');
select bag_eq(
  $$select tests.legs(ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('confirmed'), 100, now()))$$,
  array['debit commission_revenue 15 refund_reversal', 'credit customer_deposits 15 refund_reversal',
    'debit customer_deposits 100 refund_processed', 'credit refunds_payable 100 refund_processed'],
  'after it the refund takes its part of the commission with it');

-- after check-out
select ledger.record_owner_share_due(tests.id('stay'), now());
select bag_eq(
  $$select tests.legs(ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('late'), 100, now()))$$,
  array['debit commission_revenue 15 refund_reversal', 'credit customer_deposits 15 refund_reversal',
    'debit payouts_receivable 85 refund_reversal', 'credit customer_deposits 85 refund_reversal',
    'debit customer_deposits 100 refund_processed', 'credit refunds_payable 100 refund_processed'],
  'when the share is due it comes from the share');

-- after the payout
select ledger.record_payout_executed(tests.id('stay'), tests.id('payout'), 545, now());
select bag_eq(
  $$select tests.legs(ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('paid out'), 100, now()))$$,
  array['debit commission_revenue 15 refund_reversal', 'credit customer_deposits 15 refund_reversal',
    'debit payouts_receivable 50 refund_reversal', 'credit customer_deposits 50 refund_reversal',
    'debit owner_receivable 35 refund_reversal', 'credit customer_deposits 35 refund_reversal',
    'debit customer_deposits 100 refund_processed', 'credit refunds_payable 100 refund_processed'],
  'what was paid out already the owner owes');

-- limits
select tests.throws_code(
  $$select ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('all'), 601, now())$$,
  'AMOUNT_TOO_LARGE', 'no more than is left of the payment');
select lives_ok(
  $$select ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('all'), 600, now())$$,
  'all that is left');
select is(
  tests.balances('stay'), '{"cash_reserve": 455, "owner_receivable": 545, "refunds_payable": -1000}',
  'then nothing is held or earned');
select ok((ledger.verify() -> 'ok')::boolean, 'the books are in order');

select * from finish();
rollback;
