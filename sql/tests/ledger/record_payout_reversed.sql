begin;
select plan(6);

select tests.create_paid_order('stay', 'card', 1000, 150);
select ledger.record_owner_share_due(tests.id('stay'), now());
select tests.throws_code(
  $$select ledger.record_payout_reversed(tests.id('stay'), tests.id('payout'), now())$$,
  'NOT_FOUND', 'what was not executed does not come back');
select ledger.record_payout_executed(tests.id('stay'), tests.id('payout'), 1000, now());

select bag_eq(
  $$select tests.legs(ledger.record_payout_reversed(tests.id('stay'), tests.id('payout'), now()))$$,
  array['debit cash_reserve 1000 payout_executed', 'credit payouts_receivable 1000 payout_executed'],
  'the money is back and due again');
select isnt(
  ledger.record_payout_reversed(tests.id('stay'), tests.id('payout'), now()), null, 'a payout comes back once');
select is(ledger.booking_balance(tests.id('stay'), 'payouts_receivable'), -1000::bigint, 'and is due once');
select ledger.record_payout_executed(tests.id('stay'), tests.id('payout'), 1000, now());
select is(ledger.booking_balance(tests.id('stay'), 'payouts_receivable'), 0::bigint, 'it can be executed again');
select ledger.record_payout_reversed(tests.id('stay'), tests.id('payout'), now());
select is(ledger.booking_balance(tests.id('stay'), 'payouts_receivable'), -1000::bigint, 'and come back again');

select * from finish();
rollback;
