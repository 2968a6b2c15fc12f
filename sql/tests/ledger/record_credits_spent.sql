begin;
select plan(6);

select tests.create_paid_order('purchase', 'card', 500, city => 'ALL');
select ledger.record_credits_sold(tests.id('purchase'), tests.id('card'), 'ana', 500, 1000, now());
select ledger.record_credits_given('ana', 250, 'welcome', now());
select tests.create_order('stay', 300, 30);
select tests.create_payment('credits', 'stay', 'credits');

-- 1250 credits had cost 500
select bag_eq(
  $$select tests.legs(ledger.record_credits_spent(tests.id('stay'), tests.id('credits'), 'ana', 500, now()))$$,
  array['debit wallet 500 credit_spend CREDIT', 'credit credits_consumed 500 credit_spend CREDIT',
    'debit credits_liability 200 credit_spend', 'credit customer_deposits 200 credit_spend',
    'debit promotions_expense 100 credit_spend', 'credit customer_deposits 100 credit_spend'],
  'the order gets its price: the average cost of the credits, the rest from promotion');
select isnt(
  ledger.record_credits_spent(tests.id('stay'), tests.id('credits'), 'ana', 500, now()), null, 'credits are spent once');
select ledger.recognise_commission(tests.id('stay'), now());
select ledger.record_owner_share_due(tests.id('stay'), now());
select is(
  (tests.balances('stay') -> 'commission_revenue', tests.balances('stay') -> 'payouts_receivable')::text, '(-30,-270)',
  'commission and share fall due as with money');

select tests.create_order('cheap', 100);
select tests.create_payment('more credits', 'cheap', 'credits');
select bag_eq(
  $$select tests.legs(ledger.record_credits_spent(tests.id('cheap'), tests.id('more credits'), 'ana', 750, now()))$$,
  array['debit wallet 750 credit_spend CREDIT', 'credit credits_consumed 750 credit_spend CREDIT',
    'debit credits_liability 100 credit_spend', 'credit customer_deposits 100 credit_spend',
    'debit credits_liability 200 credit_spend', 'credit credits_revenue 200 credit_spend'],
  'what the credits had cost above the price is revenue');
select tests.create_order('too dear', 100);
select tests.create_payment('no credits', 'too dear', 'credits');
select tests.throws_code(
  $$select ledger.record_credits_spent(tests.id('too dear'), tests.id('no credits'), 'ana', 1, now())$$,
  'AMOUNT_TOO_LARGE', 'a wallet does not go below zero');
select ok((ledger.verify() -> 'ok')::boolean, 'the books are in order');

select * from finish();
rollback;
