begin;
select plan(9);

-- What stays as it was written: tg__append_only.
select tests.create_order('stay', 1000);
select ledger.post('test', 'URB', tests.id('stay'), '[
  {"account": "cash_reserve", "direction": "debit", "amount": 700, "currency": "BRL", "entry_type": "adjustment"},
  {"account": "customer_deposits", "direction": "credit", "amount": 700, "currency": "BRL", "entry_type": "adjustment"}]',
  now(), 'now');
set constraints all immediate;

select throws_like(
  $$update ledger.ledger_entries set amount = amount + 1$$, 'The books are append-only: update of ledger_entries is refused.',
  'entries cannot be updated');
select throws_ok('update ledger.ledger_entries set created_by = gen_random_uuid()', '42501', null, 'in no column');
select throws_ok('delete from ledger.ledger_entries', '42501', null, 'nor deleted');
select throws_ok('truncate ledger.ledger_entries', '42501', null, 'nor truncated');
select throws_ok($$update ledger.ledger_transactions set type = 'x'$$, '42501', null, 'headers cannot be updated');
select throws_ok('delete from ledger.ledger_transactions', '42501', null, 'nor deleted');
select throws_ok('truncate ledger.ledger_transactions cascade', '42501', null, 'nor truncated');

-- but users may go
select tests.create_supabase_user('ana');
select tests.authenticate_as('ana');
reset role;
select ledger.post('test', 'URB', null, '[
  {"account": "cash_reserve", "direction": "debit", "amount": 5, "currency": "BRL", "entry_type": "adjustment"},
  {"account": "customer_deposits", "direction": "credit", "amount": 5, "currency": "BRL", "entry_type": "adjustment"}]',
  now(), 'by ana');
select throws_ok(
  $$update ledger.ledger_entries set created_by = null where created_by is not null$$, '42501', null,
  'an entry does not forget a user who is there');
delete from auth.users where id = tests.get_supabase_uid('ana');
select is_empty('select from ledger.ledger_entries where created_by is not null', 'an entry forgets a user who is deleted');

select * from finish();
rollback;
