begin;
select plan(4);

select tests.create_paid_order('stay', 'card', 1000, 150);
select ledger.recognise_commission(tests.id('stay'), now());

select bag_eq(
  $$select tests.legs(ledger.record_owner_share_due(tests.id('stay'), now()))$$,
  array['debit customer_deposits 850 payout_due', 'credit payouts_receivable 850 payout_due'],
  'all that is left of the deposits is the owner''s');
select is(ledger.record_owner_share_due(tests.id('stay'), now()), null, 'then nothing is left');
select is(
  (select distinct counterparty_type || ' ' || counterparty_id from ledger.ledger_entries where entry_type = 'payout_due'),
  'owner ' || tests.id('stay'), 'where an order has no payee it stands for those who share it');
select tests.create_order('unpaid', 1000, 150);
select is(ledger.record_owner_share_due(tests.id('unpaid'), now()), null, 'without a payment nothing is due');

select * from finish();
rollback;
