begin;
select plan(12);

select tests.create_paid_order('stay', 'card', 1000, 150);
select ledger.record_gateway_fee(tests.id('stay'), tests.id('card'), 30, 'txn_1', '2026-02-01');
select ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('refund'), 200, now());
select ledger.record_refund_settled(tests.id('stay'), tests.id('card'), tests.id('refund'), now());

-- the system
select is(
  ledger.statement('cash_reserve', 'URB', 'BRL') -> 'closing_balance', to_jsonb(ledger.balance('cash_reserve', 'URB', 'BRL')),
  'a statement ends with the balance');

-- staff
select tests.as_staff('agent', 'URB');
select results_eq(
  $$select e ->> 'transaction_type', e ->> 'direction', (e ->> 'amount')::int, (e ->> 'balance')::int
    from jsonb_array_elements(api.ledger_statement('cash_reserve', 'URB', 'BRL') -> 'entries') as e$$,
  $$values ('payment_received', 'debit', 1000, 1000), ('gateway_fee', 'credit', 30, 970), ('refund_settled', 'credit', 200, 770)$$,
  'every entry of the account, oldest first, with the balance after it');
select is(
  api.ledger_statement('cash_reserve', 'URB', 'BRL') - 'entries',
  '{"account": "cash_reserve", "city_code": "URB", "currency": "BRL", "opening_balance": 0, "closing_balance": 770, "next_after": null}',
  'between the balances before and after them');

-- pages
create temporary table pages as
  select 1 as page, api.ledger_statement('cash_reserve', 'URB', 'BRL', p_limit => 2) as statement;
insert into pages
  select 2, api.ledger_statement('cash_reserve', 'URB', 'BRL', p_limit => 2, p_after => (statement ->> 'next_after')::uuid) from pages;
select results_eq(
  $$select (statement -> 'opening_balance')::int, (statement -> 'closing_balance')::int, jsonb_array_length(statement -> 'entries'),
      (statement ->> 'next_after') is null
    from pages order by page$$,
  'values (0, 970, 2, false), (970, 770, 1, true)',
  'a page goes on where the one before ended');
select is(
  (select api.ledger_statement('cash_reserve', 'URB', 'BRL', p_from => (statement -> 'entries' -> 1 ->> 'created_at')::timestamptz,
      p_to => (statement -> 'entries' -> 1 ->> 'created_at')::timestamptz + interval '1 microsecond') - 'entries'
    from pages where page = 1),
  '{"account": "cash_reserve", "city_code": "URB", "currency": "BRL", "opening_balance": 1000, "closing_balance": 970, "next_after": null}',
  'a period begins with the balance before it');
select is(
  api.ledger_statement('wallet', 'URB', 'BRL'),
  '{"account": "wallet", "city_code": "URB", "currency": "BRL", "opening_balance": 0, "closing_balance": 0, "entries": [], "next_after": null}',
  'an account without entries has an empty statement');

-- what is refused
select tests.throws_code($$select api.ledger_statement('cash_reserve', 'URB', null)$$, 'MISSING_REQUIRED_FIELD', 'the currency must be named');
select tests.throws_code($$select api.ledger_statement('cash', 'URB', 'BRL')$$, 'INVALID_PARAMETER', 'the account must exist');
select tests.throws_code(
  $$select api.ledger_statement('cash_reserve', 'URB', 'BRL', p_limit => 0)$$, 'INVALID_PARAMETER', 'a page has entries');
select tests.throws_code(
  $$select api.ledger_statement('wallet', 'URB', 'BRL', p_after => (select (statement ->> 'next_after')::uuid from pages where page = 1))$$,
  'INVALID_PARAMETER', 'a place in one statement is none in another');
select tests.throws_code($$select api.ledger_statement('cash_reserve', 'ALL', 'BRL')$$, 'FORBIDDEN', 'staff of one city do not see another');
select tests.as_anon();
select throws_ok($$select api.ledger_statement('cash_reserve', 'URB', 'BRL')$$, '42501', null, 'a guest sees no books');
reset role;

select * from finish();
rollback;
