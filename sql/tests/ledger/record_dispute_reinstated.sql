begin;
select plan(2);

select tests.create_paid_order('stay', 'card', 1000, 150);
select ledger.record_dispute_withdrawn(tests.id('stay'), tests.id('card'), 1000, 15, 'txn_1', now());

select bag_eq(
  $$select tests.legs(ledger.record_dispute_reinstated(tests.id('stay'), tests.id('card'), 1000, 15, 'txn_2', now()))$$,
  array['debit cash_reserve 1000 dispute', 'credit dispute_losses 1000 dispute',
    'debit cash_reserve 15 gateway_fee', 'credit gateway_fee_expense 15 gateway_fee'],
  'money and fee are back');
select ledger.record_dispute_reinstated(tests.id('stay'), tests.id('card'), 1000, 15, 'txn_2', now());
select is(
  tests.balances('stay'), '{"cash_reserve": 1000, "customer_deposits": -1000}', 'as if nothing had been');

select * from finish();
rollback;
