begin;
select plan(2);

select bag_eq(
  $$select tests.legs(ledger.record_credits_given('ana', 100, 'welcome', now()))$$,
  array['debit credits_promotional 100 adjustment CREDIT', 'credit wallet 100 adjustment CREDIT'],
  'a gift costs nothing in money yet');
select ledger.record_credits_given('ana', 100, 'welcome', now());
select is(ledger.balance('wallet', 'ALL', 'CREDIT'), -100::bigint, 'a gift is given once');

select * from finish();
rollback;
