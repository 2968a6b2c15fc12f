begin;
select plan(3);

-- What must be there at commit: tg_ledger_transactions__have_entries.
select tests.create_city('URB');
create function pg_temp.header(key text) returns uuid language sql as $$
  insert into ledger.ledger_transactions (type, city_code, event_at, idempotency_key) values ('test', 'URB', now(), key)
  returning id
$$;
create function pg_temp.entries(transaction_id uuid, debit bigint, credit bigint, city text default 'URB', currency text default 'BRL')
returns void language sql as $$
  insert into ledger.ledger_entries (transaction_id, seq, city_code, entry_type, account, direction, amount, currency)
  select entries.transaction_id, coalesce((select t.seq from ledger.ledger_transactions as t where t.id = entries.transaction_id), 0),
    entries.city, 'adjustment', e.*
  from (values
    ('cash_reserve'::ledger.ledger_account, 'debit'::ledger.ledger_direction, debit, 'BRL'),
    ('customer_deposits', 'credit', credit, entries.currency)) as e
$$;

select pg_temp.header('empty');
select tests.throws_code('set constraints all immediate', 'LEDGER_UNBALANCED', 'a header without entries does not pass');
set constraints all deferred;
select lives_ok(
  $$select pg_temp.entries((select id from ledger.ledger_transactions where idempotency_key = 'empty'), 5, 5)$$,
  'until it has entries');
select lives_ok('set constraints all immediate', 'with two it passes');

select * from finish();
rollback;
