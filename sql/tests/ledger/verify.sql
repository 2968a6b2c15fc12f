begin;
select plan(4);

select tests.create_paid_order('stay', 'card', 1000, 150);

select is(
  ledger.verify(), '{"ok": true, "transactions": 1, "entries": 2, "violations": []}', 'books made by recipes are in order');

-- a posting that balances and is wrong all the same
select ledger.post('wrong', 'URB', tests.id('stay'), '[
  {"account": "customer_deposits", "direction": "debit", "amount": 1001, "currency": "BRL", "entry_type": "adjustment"},
  {"account": "cash_reserve", "direction": "credit", "amount": 1001, "currency": "BRL", "entry_type": "adjustment"}]', now());
select ledger.post('wrong', 'URB', tests.id('stay'), '[
  {"account": "cash_reserve", "direction": "debit", "amount": 5, "currency": "BRL", "entry_type": "adjustment"},
  {"account": "dispute_losses", "direction": "credit", "amount": 5, "currency": "BRL", "entry_type": "adjustment"}]', now());
select ledger.post('wrong', 'URB', tests.id('stay'), '[
  {"account": "cash_reserve", "direction": "debit", "amount": 5, "currency": "BRL", "entry_type": "adjustment"},
  {"account": "commissions_payable", "direction": "credit", "amount": 5, "currency": "BRL", "entry_type": "adjustment"}]', now());
select ledger.post('wrong', 'URB', null, '[
  {"account": "cash_reserve", "direction": "debit", "amount": 5, "currency": "BRL", "entry_type": "adjustment"},
  {"account": "owner_receivable", "direction": "credit", "amount": 5, "currency": "BRL", "entry_type": "adjustment", "counterparty_id": "ana"}]', now());
select ledger.post('wrong', 'ALL', null, '[
  {"account": "wallet", "direction": "debit", "amount": 5, "currency": "CREDIT", "entry_type": "adjustment", "counterparty_id": "ana"},
  {"account": "credits_consumed", "direction": "credit", "amount": 5, "currency": "CREDIT", "entry_type": "adjustment"}]', now());
-- and what only somebody who switches the guards off can write
set constraints all immediate;
alter table ledger.ledger_entries disable trigger _320_guard_balance;
select tests.create_city('RIO');
insert into ledger.ledger_entries (transaction_id, seq, city_code, entry_type, account, direction, amount, currency)
select id, seq, 'RIO', 'adjustment', 'cash_reserve', 'debit', 5, 'BRL' from ledger.ledger_transactions limit 1;
alter table ledger.ledger_transactions disable trigger _320_guard_have_entries;
insert into ledger.ledger_transactions (type, city_code, event_at) values ('empty', 'URB', now());
select audit.mark();
select ledger.snapshot();
alter table ledger.snapshot_balances disable trigger _300_guard_append_only;
update ledger.snapshot_balances set debits = debits + 1 where account = 'wallet';
delete from ledger.snapshot_balances where account = 'credits_consumed';

select bag_eq(
  $$select v ->> 'rule' from jsonb_array_elements(ledger.verify() -> 'violations') as v$$,
  array['a transaction balances in each currency', 'a transaction has at least two entries',
    'an entry is of the place, city and booking of its transaction', 'the books of a city balance in each currency',
    'what is held, owed or earned for a booking is never negative', 'losses of a booking are never negative',
    'commission does not rest on its way to revenue', 'no owner has a negative debt',
    'no wallet, and no price of its credits, is negative',
    'a snapshot is the one before it and what was posted since', 'what was posted before the last snapshots is in one'],
  'every broken rule is found');
select ok(not (ledger.verify() -> 'ok')::boolean, 'then they are not in order');

-- clients
select tests.as_staff('admin');
select throws_ok('select ledger.verify()', '42501', null, 'only the system may look at all books');
reset role;

select * from finish();
rollback;
