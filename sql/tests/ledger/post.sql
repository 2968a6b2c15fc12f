begin;
select plan(14);

select tests.create_order('stay', 1000);

-- what is posted
select bag_eq(
  $$select tests.legs(ledger.post('test', 'URB', tests.id('stay'), '[
    {"account": "cash_reserve", "direction": "debit", "amount": 700, "currency": "BRL", "entry_type": "adjustment"},
    {"account": "iof_expense", "direction": "debit", "amount": 0, "currency": "BRL", "entry_type": "adjustment"},
    {"account": "customer_deposits", "direction": "credit", "amount": 700, "currency": "BRL", "entry_type": "adjustment"}]',
    '2026-03-01 12:00+00', 'first', '{"note": "by hand"}'))$$,
  array['debit cash_reserve 700 adjustment', 'credit customer_deposits 700 adjustment'],
  'the entries are posted, but for those of zero');
select results_eq(
  $$select type, city_code, booking_id, event_at, metadata, xid, started_at
    from ledger.ledger_transactions where idempotency_key = 'first'$$,
  $$values ('test', 'URB', tests.id('stay'), timestamptz '2026-03-01 12:00+00', '{"note": "by hand"}'::jsonb,
    pg_current_xact_id(), transaction_timestamp())$$,
  'the header says what happened and when, and which database transaction wrote it');
select is(
  ledger.post('test', 'URB', null, '[
    {"account": "cash_reserve", "direction": "debit", "amount": 5, "currency": "BRL", "entry_type": "adjustment"},
    {"account": "customer_deposits", "direction": "credit", "amount": 5, "currency": "BRL", "entry_type": "adjustment"}]',
    now(), 'first'),
  (select id from ledger.ledger_transactions where idempotency_key = 'first'),
  'a key that was posted returns its transaction');
select is(
  (select sum(amount) from ledger.ledger_entries), 1400::numeric, 'and posts nothing');
select is(
  ledger.post('test', 'URB', null, '[
    {"account": "cash_reserve", "direction": "debit", "amount": 0, "currency": "BRL", "entry_type": "adjustment"}]',
    now(), 'nothing'),
  null, 'where nothing is left, nothing is posted');
select is_empty(
  $$select from ledger.ledger_transactions where idempotency_key = 'nothing'$$, 'not even a header');
select isnt(
  ledger.post('test', 'URB', null, '[
    {"account": "wallet", "direction": "debit", "amount": 5, "currency": "CREDIT", "entry_type": "adjustment"},
    {"account": "credits_consumed", "direction": "credit", "amount": 5, "currency": "CREDIT", "entry_type": "adjustment"},
    {"account": "credits_liability", "direction": "debit", "amount": 2, "currency": "BRL", "entry_type": "adjustment"},
    {"account": "credits_revenue", "direction": "credit", "amount": 2, "currency": "BRL", "entry_type": "adjustment"}]',
    now()),
  null, 'several currencies balance each on its own');
select is(
  (select count(*) from audit.audit_logs where entity_type = 'ledger_transaction'), 2::bigint,
  'each transaction is in the audit log');

-- who posted
select tests.create_supabase_user('ana');
select tests.authenticate_as('ana');
reset role;
select ledger.post('test', 'URB', null, '[
    {"account": "cash_reserve", "direction": "debit", "amount": 5, "currency": "BRL", "entry_type": "adjustment"},
    {"account": "customer_deposits", "direction": "credit", "amount": 5, "currency": "BRL", "entry_type": "adjustment"}]',
    now(), 'by ana');
select results_eq(
  $$select distinct e.created_by from ledger.ledger_entries as e
    join ledger.ledger_transactions as t on t.id = e.transaction_id where t.idempotency_key = 'by ana'$$,
  $$values (tests.get_supabase_uid('ana'))$$,
  'the entries name the user who posted them');

-- what is refused
select tests.throws_code(
  $$select ledger.post('test', 'URB', null, '[
    {"account": "cash_reserve", "direction": "debit", "amount": 6, "currency": "BRL", "entry_type": "adjustment"},
    {"account": "customer_deposits", "direction": "credit", "amount": 5, "currency": "BRL", "entry_type": "adjustment"}]',
    now())$$,
  'LEDGER_UNBALANCED', 'debits must equal credits');
select tests.throws_code(
  $$select ledger.post('test', 'URB', null, '[
    {"account": "cash_reserve", "direction": "debit", "amount": 5, "currency": "USD", "entry_type": "adjustment"},
    {"account": "customer_deposits", "direction": "credit", "amount": 5, "currency": "BRL", "entry_type": "adjustment"}]',
    now())$$,
  'LEDGER_UNBALANCED', 'not only across currencies');
select throws_ok(
  $$select ledger.post('test', 'URB', null, '[
    {"account": "cash_reserve", "direction": "debit", "amount": -5, "currency": "BRL", "entry_type": "adjustment"},
    {"account": "customer_deposits", "direction": "credit", "amount": -5, "currency": "BRL", "entry_type": "adjustment"}]',
    now())$$,
  '23514', null, 'amounts are positive');
select throws_ok(
  $$select ledger.post('test', 'URB', null, '[
    {"account": "cash_reserve", "direction": "debit", "currency": "BRL", "entry_type": "adjustment"},
    {"account": "customer_deposits", "direction": "credit", "amount": 5, "currency": "BRL", "entry_type": "adjustment"}]',
    now())$$,
  '23502', null, 'an amount is not forgotten');

-- a client
select tests.as_anon();
select throws_ok(
  $$select ledger.post('test', 'URB', null, '[]', now())$$, '42501', null, 'clients cannot post');
reset role;

select * from finish();
rollback;
