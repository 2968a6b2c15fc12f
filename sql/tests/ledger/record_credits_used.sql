begin;
select plan(4);

select tests.create_paid_order('purchase', 'card', 500, city => 'ALL');
select ledger.record_credits_sold(tests.id('purchase'), tests.id('card'), 'ana', 500, 1000, now());

select bag_eq(
  $$select tests.legs(ledger.record_credits_used('ana', 333, 'usage 1', now()))$$,
  array['debit wallet 333 credit_spend CREDIT', 'credit credits_consumed 333 credit_spend CREDIT',
    'debit credits_liability 167 credit_spend', 'credit credits_revenue 167 credit_spend'],
  'the cost of credits that were used is earned');
select isnt(ledger.record_credits_used('ana', 333, 'usage 1', now()), null, 'a usage counts once');
select ledger.record_credits_used('ana', 667, 'usage 2', now());
select is(
  ledger.balance('credits_liability', 'ALL', 'BRL'), 0::bigint, 'with the last credit all of the price is earned');
select tests.throws_code(
  $$select ledger.record_credits_used('ana', 1, 'usage 3', now())$$, 'AMOUNT_TOO_LARGE', 'a wallet does not go below zero');

select * from finish();
rollback;
