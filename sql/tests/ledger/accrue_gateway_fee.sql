begin;
select plan(4);

select tests.create_paid_order('stay', 'card', 1000, 150);

select bag_eq(
  $$select tests.legs(ledger.accrue_gateway_fee(tests.id('stay'), tests.id('card'), 29, now()))$$,
  array['debit gateway_fee_expense 29 gateway_fee', 'credit gateway_fees_receivable 29 gateway_fee'],
  'an expected fee is an expense that is owed');
select isnt(
  ledger.accrue_gateway_fee(tests.id('stay'), tests.id('card'), 29, now()), null, 'a fee is accrued once');
select is(ledger.booking_balance(tests.id('stay'), 'gateway_fees_receivable'), -29::bigint, 'and owed once');

select tests.create_paid_order('other', 'other card', 1000);
select ledger.record_gateway_fee(tests.id('other'), tests.id('other card'), 30, 'txn_1', now());
select is(
  ledger.accrue_gateway_fee(tests.id('other'), tests.id('other card'), 29, now()), null,
  'a fee that was charged is expected no more');

select * from finish();
rollback;
