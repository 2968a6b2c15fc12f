begin;
select plan(3);

select tests.create_paid_order('purchase', 'card', 500, city => 'ALL');

select bag_eq(
  $$select tests.legs(ledger.record_credits_sold(tests.id('purchase'), tests.id('card'), 'ana', 500, 1000, now()))$$,
  array['debit customer_deposits 500 credit_sale', 'credit credits_liability 500 credit_sale',
    'debit credits_issued 1000 credit_sale CREDIT', 'credit wallet 1000 credit_sale CREDIT'],
  'what was paid is owed as credits');
select isnt(
  ledger.record_credits_sold(tests.id('purchase'), tests.id('card'), 'ana', 500, 1000, now()), null, 'a purchase counts once');
select is(
  tests.balances('purchase'),
  '{"cash_reserve": 500, "credits_liability": -500, "credits_issued CREDIT": 1000, "wallet CREDIT": -1000}',
  'the wallet has its credits');

select * from finish();
rollback;
