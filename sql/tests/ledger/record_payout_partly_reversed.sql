begin;
select plan(7);

select tests.create_paid_order('stay', 'card', 1000, 150);
select ledger.record_owner_share_due(tests.id('stay'), now());
select ledger.record_payout_executed(tests.id('stay'), tests.id('payout'), 1000, now());
select tests.throws_code(
  $$select ledger.record_payout_partly_reversed(tests.id('nothing'), tests.id('payout'), 100, 'tr_1:100', now())$$,
  'NOT_FOUND', 'only of an order that there is');
select bag_eq(
  $$select tests.legs(ledger.record_payout_partly_reversed(tests.id('stay'), tests.id('payout'), 100, 'tr_1:100', now()))$$,
  array['debit cash_reserve 100 payout_executed', 'credit payouts_receivable 100 payout_executed'], 'a part is back and due again');
select isnt(
  ledger.record_payout_partly_reversed(tests.id('stay'), tests.id('payout'), 100, 'tr_1:100', now()), null, 'a part comes back once');
select is(ledger.booking_balance(tests.id('stay'), 'payouts_receivable'), -100::bigint, 'and is due once');
select ledger.record_payout_partly_reversed(tests.id('stay'), tests.id('payout'), 200, 'tr_1:300', now());
select bag_eq(
  $$select tests.legs(ledger.record_payout_reversed(tests.id('stay'), tests.id('payout'), now()))$$,
  array['debit cash_reserve 700 payout_executed', 'credit payouts_receivable 700 payout_executed'], 'then the rest comes back');
select ledger.record_payout_executed(tests.id('stay'), tests.id('payout'), 1000, now());
select ledger.record_payout_reversed(tests.id('stay'), tests.id('payout'), now());
select is(ledger.booking_balance(tests.id('stay'), 'payouts_receivable'), -1000::bigint, 'a new execution comes back as a whole');
select ok((ledger.verify() -> 'ok')::boolean, 'the books are in order');

select * from finish();
rollback;
