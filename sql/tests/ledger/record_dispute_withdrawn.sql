begin;
select plan(2);

select tests.create_paid_order('stay', 'card', 1000, 150);

select bag_eq(
  $$select tests.legs(ledger.record_dispute_withdrawn(tests.id('stay'), tests.id('card'), 1000, 15, 'txn_1', now()))$$,
  array['debit dispute_losses 1000 dispute', 'credit cash_reserve 1000 dispute',
    'debit gateway_fee_expense 15 gateway_fee', 'credit cash_reserve 15 gateway_fee'],
  'money and fee are gone, and a loss for now');
select ledger.record_dispute_withdrawn(tests.id('stay'), tests.id('card'), 1000, 15, 'txn_1', now());
select is(
  tests.balances('stay'),
  '{"cash_reserve": -15, "customer_deposits": -1000, "dispute_losses": 1000, "gateway_fee_expense": 15}',
  'once for each balance transaction; the booking''s deposits are untouched');

select * from finish();
rollback;
