begin;
select plan(2);

select tests.create_paid_order('stay', 'card', 1000, 150);

select bag_eq(
  $$select tests.legs(ledger.record_pix_tax(tests.id('stay'), tests.id('card'), 4, now()))$$,
  array['debit iof_expense 4 iof_tax', 'credit cash_reserve 4 iof_tax'],
  'the tax is withheld from what we received');
select ledger.record_pix_tax(tests.id('stay'), tests.id('card'), 4, now());
select is(
  tests.balances('stay'), '{"cash_reserve": 996, "customer_deposits": -1000, "iof_expense": 4}',
  'once; the customer''s deposit is whole');

select * from finish();
rollback;
