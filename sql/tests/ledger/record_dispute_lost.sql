begin;
select plan(5);

select tests.create_paid_order('stay', 'card', 1000, 150);
select ledger.recognise_commission(tests.id('stay'), now());
select ledger.record_owner_share_due(tests.id('stay'), now());
select ledger.record_payout_executed(tests.id('stay'), tests.id('payout'), 850, now());
select ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('refund'), 100, now());
select ledger.record_dispute_withdrawn(tests.id('stay'), tests.id('card'), 1000, 15, 'txn_1', now());

select bag_eq(
  $$select tests.legs(ledger.record_dispute_lost(tests.id('stay'), tests.id('card'), 1000, 'dp_1', now()))$$,
  array['debit commission_revenue 135 refund_reversal', 'credit customer_deposits 135 refund_reversal',
    'debit owner_receivable 765 refund_reversal', 'credit customer_deposits 765 refund_reversal',
    'debit customer_deposits 900 dispute', 'credit dispute_losses 900 dispute'],
  'commission and owner make the loss good, as far as the payment was not refunded');
select isnt(
  ledger.record_dispute_lost(tests.id('stay'), tests.id('card'), 1000, 'dp_1', now()), null, 'a dispute is lost once');
select is(ledger.booking_balance(tests.id('stay'), 'dispute_losses'), 100::bigint, 'what was refunded beside it is lost');
select tests.throws_code(
  $$select ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('more'), 1, now())$$,
  'AMOUNT_TOO_LARGE', 'nothing is left to refund');
select ok((ledger.verify() -> 'ok')::boolean, 'the books are in order');

select * from finish();
rollback;
