begin;
select plan(3);

select tests.create_paid_order('stay', 'card', 1000, 150);

select bag_eq(
  $$select tests.legs(ledger.record_bank_transfer('URB', 'BRL', 400, 'po_1', now()))$$,
  array['debit merchant_account 400 bank_transfer', 'credit cash_reserve 400 bank_transfer'],
  'our balance goes to our bank');
select bag_eq(
  $$select tests.legs(ledger.record_bank_transfer('URB', 'BRL', -400, 'po_1', now()))$$,
  array['debit cash_reserve 400 bank_transfer', 'credit merchant_account 400 bank_transfer'],
  'and back where the transfer fails');
select ledger.record_bank_transfer('URB', 'BRL', 400, 'po_1', now());
select ledger.record_bank_transfer('URB', 'BRL', -400, 'po_1', now());
select is((select count(*) from ledger.ledger_transactions where type = 'bank_transfer'), 2::bigint, 'each once');

select * from finish();
rollback;
