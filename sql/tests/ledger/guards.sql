begin;
select plan(25);

-- A transaction of an earlier time, as if its database transaction had ended.
select tests.create_order('stay', 1000);
select tests.create_order('other', 1000);
select ledger.post('test', 'URB', tests.id('stay'), '[
  {"account": "cash_reserve", "direction": "debit", "amount": 700, "currency": "BRL", "entry_type": "adjustment"},
  {"account": "customer_deposits", "direction": "credit", "amount": 700, "currency": "BRL", "entry_type": "adjustment"}]',
  now(), 'now');
create function pg_temp.header(key text) returns uuid language sql as $$
  insert into ledger.ledger_transactions (type, city_code, event_at, idempotency_key) values ('test', 'URB', now(), key)
  returning id
$$;
create function pg_temp.entries(transaction_id uuid, debit bigint, credit bigint, city text default 'URB', currency text default 'BRL')
returns void language sql as $$
  insert into ledger.ledger_entries (transaction_id, city_code, entry_type, account, direction, amount, currency) values
    (entries.transaction_id, entries.city, 'adjustment', 'cash_reserve', 'debit', debit, 'BRL'),
    (entries.transaction_id, entries.city, 'adjustment', 'customer_deposits', 'credit', credit, entries.currency)
$$;

-- stamps
select results_eq(
  $$insert into ledger.ledger_transactions (seq, xid, started_at, created_at, type, city_code, event_at, idempotency_key)
    values (-1, '3', '2020-01-01', '2020-01-01', 'test', 'URB', now(), 'stamped')
    returning seq > 0, xid, started_at, created_at > '2026-01-01'$$,
  'select true, pg_current_xact_id(), transaction_timestamp(), true',
  'whatever a writer says, a header tells the truth about its place in the record');
select lives_ok(
  $$select pg_temp.entries((select id from ledger.ledger_transactions where idempotency_key = 'stamped'), 5, 5)$$,
  'who owns the tables may write balanced entries by hand');

-- balance
select tests.throws_code(
  $$select pg_temp.entries(pg_temp.header('a'), 5, 6)$$, 'LEDGER_UNBALANCED', 'one statement must balance');
select tests.throws_code(
  $$select pg_temp.entries(pg_temp.header('a'), 5, 5, currency => 'USD')$$, 'LEDGER_UNBALANCED', 'in each currency');
select tests.throws_code(
  $$insert into ledger.ledger_entries (transaction_id, city_code, entry_type, account, direction, amount, currency)
    values (pg_temp.header('a'), 'URB', 'adjustment', 'cash_reserve', 'debit', 5, 'BRL'),
      (pg_temp.header('b'), 'URB', 'adjustment', 'cash_reserve', 'credit', 5, 'BRL')$$,
  'LEDGER_UNBALANCED', 'and for each transaction');
select tests.throws_code(
  $$insert into ledger.ledger_entries (transaction_id, city_code, entry_type, account, direction, amount, currency)
    values (pg_temp.header('a'), 'URB', 'adjustment', 'cash_reserve', 'debit', 5, 'BRL')$$,
  'LEDGER_UNBALANCED', 'so a transaction cannot be split over two statements');
select tests.throws_code(
  $$merge into ledger.ledger_entries as e using (select pg_temp.header('a') as id) as h on e.transaction_id = h.id
    when not matched then insert (transaction_id, city_code, entry_type, account, direction, amount, currency)
    values (h.id, 'URB', 'adjustment', 'cash_reserve', 'debit', 5, 'BRL')$$,
  'LEDGER_UNBALANCED', 'nor merged in');
select throws_ok(
  $$select pg_temp.entries(gen_random_uuid(), 5, 5)$$, '23503', null, 'entries need a header');
select tests.throws_code(
  $$select pg_temp.entries(pg_temp.header('a'), 5, 5, city => 'ALL')$$, 'LEDGER_UNBALANCED', 'of their city');
select tests.throws_code(
  $$insert into ledger.ledger_entries (transaction_id, city_code, booking_id, entry_type, account, direction, amount, currency)
    select h.id, 'URB', b.id, 'adjustment', 'cash_reserve', b.direction, 5, 'BRL'
    from pg_temp.header('a') as h (id),
      (values (tests.id('stay'), 'debit'::ledger.ledger_direction), (tests.id('other'), 'credit')) as b (id, direction)$$,
  'LEDGER_UNBALANCED', 'and of their booking');
select throws_ok($$select pg_temp.entries(pg_temp.header('a'), -5, -5)$$, '23514', null, 'amounts are positive');
select throws_ok($$select pg_temp.entries(pg_temp.header('a'), 0, 0)$$, '23514', null, 'and not zero');

-- at commit
select pg_temp.header('empty');
select tests.throws_code('set constraints all immediate', 'LEDGER_UNBALANCED', 'a header without entries does not pass');
set constraints all deferred;
select lives_ok(
  $$select pg_temp.entries((select id from ledger.ledger_transactions where idempotency_key = 'empty'), 5, 5)$$,
  'until it has entries');
select lives_ok('set constraints all immediate', 'with two it passes');
select tests.throws_code(
  $$insert into ledger.ledger_entries (transaction_id, city_code, booking_id, entry_type, account, direction, amount, currency)
    select id, city_code, booking_id, 'adjustment', 'cash_reserve', 'debit', 5, 'BRL'
    from ledger.ledger_transactions where idempotency_key = 'now'$$,
  'LEDGER_UNBALANCED', 'constraints that have been checked open no gap');
set constraints all deferred;

-- nothing changes
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
