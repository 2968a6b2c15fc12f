begin;
select plan(5);

select tests.create_paid_order('stay', 'card', 1000, 150);

select bag_eq(
  $$select tests.legs(ledger.record_gateway_fee(tests.id('stay'), tests.id('card'), 30, 'txn_1', now()))$$,
  array['debit gateway_fee_expense 30 gateway_fee', 'credit cash_reserve 30 gateway_fee'],
  'a fee is kept of our balance');
select ledger.record_gateway_fee(tests.id('stay'), tests.id('card'), 30, 'txn_1', now());
select is(tests.balances('stay') ->> 'gateway_fee_expense', '30', 'a balance transaction counts once');
select bag_eq(
  $$select tests.legs(ledger.record_gateway_fee(tests.id('stay'), tests.id('card'), -10, 'txn_2', now()))$$,
  array['debit cash_reserve 10 gateway_fee', 'credit gateway_fee_expense 10 gateway_fee'],
  'a negative fee came back');

-- after an accrual
select tests.create_paid_order('more', 'more card', 1000);
select ledger.accrue_gateway_fee(tests.id('more'), tests.id('more card'), 29, now());
select bag_eq(
  $$select tests.legs(ledger.record_gateway_fee(tests.id('more'), tests.id('more card'), 31, 'txn_3', now()))$$,
  array['debit gateway_fees_receivable 29 gateway_fee', 'credit cash_reserve 29 gateway_fee',
    'debit gateway_fee_expense 2 gateway_fee', 'credit cash_reserve 2 gateway_fee'],
  'what was accrued is settled, what is above it is expense');
select tests.create_paid_order('less', 'less card', 1000);
select ledger.accrue_gateway_fee(tests.id('less'), tests.id('less card'), 29, now());
select bag_eq(
  $$select tests.legs(ledger.record_gateway_fee(tests.id('less'), tests.id('less card'), 25, 'txn_4', now()))$$,
  array['debit gateway_fees_receivable 25 gateway_fee', 'credit cash_reserve 25 gateway_fee',
    'debit gateway_fees_receivable 4 gateway_fee', 'credit gateway_fee_expense 4 gateway_fee'],
  'what was accrued too much is no expense');

select * from finish();
rollback;
