begin;
select plan(2);

select tests.create_paid_order('stay', 'card', 1000, 150);
select ledger.record_gateway_fee(tests.id('stay'), tests.id('card'), 30, 'txn_1', '2026-02-01');
select audit.mark();
select ledger.record_gateway_fee(tests.id('stay'), tests.id('card'), 7, 'txn_2', '2026-02-01');
create temporary table places as select seq from ledger.ledger_transactions;
create function pg_temp.balances() returns bigint[] language sql as $$
  select array_agg(ledger.balance_up_to('cash_reserve', 'URB', 'BRL', seq) order by seq) from places
$$;

select is(pg_temp.balances(), array[1000, 970, 963]::bigint[], 'a balance is told for any place in the books');
select ledger.snapshot();
select is(pg_temp.balances(), array[1000, 970, 963]::bigint[], 'before a snapshot, at it and after it');

select * from finish();
rollback;
