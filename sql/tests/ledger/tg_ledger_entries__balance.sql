begin;
select plan(12);

-- What may be inserted: tg_ledger_entries__balance.
select tests.create_order('stay', 1000);
select tests.create_order('other', 1000);
create function pg_temp.header(key text) returns uuid language sql as $$
  insert into ledger.ledger_transactions (type, city_code, event_at, idempotency_key) values ('test', 'URB', now(), key)
  returning id
$$;
create function pg_temp.seq() returns bigint language sql as $$select currval('ledger.ledger_transactions_seq')$$;
create function pg_temp.entries(transaction_id uuid, debit bigint, credit bigint, city text default 'URB', currency text default 'BRL')
returns void language sql as $$
  insert into ledger.ledger_entries (transaction_id, seq, city_code, entry_type, account, direction, amount, currency)
  select entries.transaction_id, coalesce((select t.seq from ledger.ledger_transactions as t where t.id = entries.transaction_id), 0),
    entries.city, 'adjustment', e.*
  from (values
    ('cash_reserve'::ledger.ledger_account, 'debit'::ledger.ledger_direction, debit, 'BRL'),
    ('customer_deposits', 'credit', credit, entries.currency)) as e
$$;

select tests.throws_code(
  $$select pg_temp.entries(pg_temp.header('a'), 5, 6)$$, 'LEDGER_UNBALANCED', 'one statement must balance');
select tests.throws_code(
  $$select pg_temp.entries(pg_temp.header('a'), 5, 5, currency => 'USD')$$, 'LEDGER_UNBALANCED', 'in each currency');
select tests.throws_code(
  $$insert into ledger.ledger_entries (transaction_id, seq, city_code, entry_type, account, direction, amount, currency)
    values (pg_temp.header('a'), pg_temp.seq(), 'URB', 'adjustment', 'cash_reserve', 'debit', 5, 'BRL'),
      (pg_temp.header('b'), pg_temp.seq(), 'URB', 'adjustment', 'cash_reserve', 'credit', 5, 'BRL')$$,
  'LEDGER_UNBALANCED', 'and for each transaction');
select tests.throws_code(
  $$insert into ledger.ledger_entries (transaction_id, seq, city_code, entry_type, account, direction, amount, currency)
    values (pg_temp.header('a'), pg_temp.seq(), 'URB', 'adjustment', 'cash_reserve', 'debit', 5, 'BRL')$$,
  'LEDGER_UNBALANCED', 'so a transaction cannot be split over two statements');
select tests.throws_code(
  $$merge into ledger.ledger_entries as e using (select pg_temp.header('a') as id) as h on e.transaction_id = h.id
    when not matched then insert (transaction_id, seq, city_code, entry_type, account, direction, amount, currency)
    values (h.id, pg_temp.seq(), 'URB', 'adjustment', 'cash_reserve', 'debit', 5, 'BRL')$$,
  'LEDGER_UNBALANCED', 'nor merged in');
select throws_ok(
  $$select pg_temp.entries(gen_random_uuid(), 5, 5)$$, '23503', null, 'entries need a header');
select tests.throws_code(
  $$select pg_temp.entries(pg_temp.header('a'), 5, 5, city => 'ALL')$$, 'LEDGER_UNBALANCED', 'of their city');
select tests.throws_code(
  $$insert into ledger.ledger_entries (transaction_id, seq, city_code, booking_id, entry_type, account, direction, amount, currency)
    select h.id, pg_temp.seq(), 'URB', b.id, 'adjustment', 'cash_reserve', b.direction, 5, 'BRL'
    from pg_temp.header('a') as h (id),
      (values (tests.id('stay'), 'debit'::ledger.ledger_direction), (tests.id('other'), 'credit')) as b (id, direction)$$,
  'LEDGER_UNBALANCED', 'and of their booking');
select tests.throws_code(
  $$insert into ledger.ledger_entries (transaction_id, seq, city_code, entry_type, account, direction, amount, currency)
    select h.id, pg_temp.seq() - 1, 'URB', 'adjustment', 'cash_reserve', d.direction, 5, 'BRL'
    from pg_temp.header('a') as h (id), unnest(enum_range(null::ledger.ledger_direction)) as d (direction)$$,
  'LEDGER_UNBALANCED', 'and of their place');
select throws_ok($$select pg_temp.entries(pg_temp.header('a'), -5, -5)$$, '23514', null, 'amounts are positive');
select throws_ok($$select pg_temp.entries(pg_temp.header('a'), 0, 0)$$, '23514', null, 'and not zero');

-- after the constraints were checked
select ledger.post('test', 'URB', tests.id('stay'), '[
  {"account": "cash_reserve", "direction": "debit", "amount": 700, "currency": "BRL", "entry_type": "adjustment"},
  {"account": "customer_deposits", "direction": "credit", "amount": 700, "currency": "BRL", "entry_type": "adjustment"}]',
  now(), 'now');
set constraints all immediate;
select tests.throws_code(
  $$insert into ledger.ledger_entries (transaction_id, seq, city_code, booking_id, entry_type, account, direction, amount, currency)
    select id, seq, city_code, booking_id, 'adjustment', 'cash_reserve', 'debit', 5, 'BRL'
    from ledger.ledger_transactions where idempotency_key = 'now'$$,
  'LEDGER_UNBALANCED', 'constraints that have been checked open no gap');

select * from finish();
rollback;
