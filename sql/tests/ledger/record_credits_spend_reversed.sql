begin;
select plan(6);

select tests.create_paid_order('purchase', 'card', 500, city => 'ALL');
select ledger.record_credits_sold(tests.id('purchase'), tests.id('card'), 'ana', 500, 1000, now());
select ledger.record_credits_given('ana', 250, 'welcome', now());
select tests.create_order('stay', 301, 30);
select tests.create_payment('credits', 'stay', 'credits');
select ledger.record_credits_spent(tests.id('stay'), tests.id('credits'), 'ana', 500, now());
select ledger.recognise_commission(tests.id('stay'), now());

select bag_eq(
  $$select tests.legs(ledger.record_credits_spend_reversed(
    tests.id('stay'), tests.id('credits'), 'ana', 250, tests.id('half'), now()))$$,
  array['debit commission_revenue 15 refund_reversal', 'credit customer_deposits 15 refund_reversal',
    'credit wallet 250 credit_refund CREDIT', 'debit credits_consumed 250 credit_refund CREDIT',
    'credit credits_liability 100 credit_refund', 'debit customer_deposits 100 credit_refund',
    'credit promotions_expense 51 credit_refund', 'debit customer_deposits 51 credit_refund'],
  'credits go back to the wallet, their price to where it came from, and no cash moves');
select isnt(
  ledger.record_credits_spend_reversed(tests.id('stay'), tests.id('credits'), 'ana', 250, tests.id('half'), now()), null,
  'a refund is made once');
select tests.throws_code(
  $$select ledger.record_credits_spend_reversed(tests.id('stay'), tests.id('credits'), 'ana', 251, tests.id('rest'), now())$$,
  'AMOUNT_TOO_LARGE', 'no more credits go back than were spent');
select ledger.record_credits_spend_reversed(tests.id('stay'), tests.id('credits'), 'ana', 250, tests.id('rest'), now());
select is(tests.balances('stay'), '{}', 'with the rest everything is back, to the last unit');
select is(ledger.balance('credits_liability', 'ALL', 'BRL') + ledger.balance('credits_liability', 'URB', 'BRL'), -500::bigint,
  'the wallet is worth what it was');
select ok((ledger.verify() -> 'ok')::boolean, 'the books are in order');

select * from finish();
rollback;
