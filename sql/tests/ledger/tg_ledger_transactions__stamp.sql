begin;
select plan(2);

-- The place of a transaction in the record: tg_ledger_transactions__stamp.
select tests.create_city('URB');
create function pg_temp.entries(transaction_id uuid, debit bigint, credit bigint, city text default 'URB', currency text default 'BRL')
returns void language sql as $$
  insert into ledger.ledger_entries (transaction_id, seq, city_code, entry_type, account, direction, amount, currency)
  select entries.transaction_id, coalesce((select t.seq from ledger.ledger_transactions as t where t.id = entries.transaction_id), 0),
    entries.city, 'adjustment', e.*
  from (values
    ('cash_reserve'::ledger.ledger_account, 'debit'::ledger.ledger_direction, debit, 'BRL'),
    ('customer_deposits', 'credit', credit, entries.currency)) as e
$$;

select results_eq(
  $$insert into ledger.ledger_transactions (seq, xid, started_at, created_at, type, city_code, event_at, idempotency_key)
    values (-1, '3', '2020-01-01', '2020-01-01', 'test', 'URB', now(), 'stamped')
    returning seq > 0, xid, started_at, created_at > now() - interval '1 minute'$$,
  'select true, pg_current_xact_id(), transaction_timestamp(), true',
  'whatever a writer says, a header tells the truth about its place in the record');
select lives_ok(
  $$select pg_temp.entries((select id from ledger.ledger_transactions where idempotency_key = 'stamped'), 5, 5)$$,
  'who owns the tables may write balanced entries by hand');

select * from finish();
rollback;
