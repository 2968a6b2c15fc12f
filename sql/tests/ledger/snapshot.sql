begin;
select plan(10);

select tests.create_paid_order('stay', 'card', 1000, 150);
select tests.create_paid_order('elsewhere', 'other card', 70, city => 'RIO');
select is(ledger.snapshot(), 0, 'what is not marked is not added up');
select audit.mark();
select is(ledger.snapshot(), 4, 'each account that has entries gets a snapshot');
select results_eq(
  'select city_code, account::text, debits, credits from ledger.snapshot_balances order by 1, 2',
  $$values ('RIO', 'cash_reserve', 70::bigint, 0::bigint), ('RIO', 'customer_deposits', 0, 70),
    ('URB', 'cash_reserve', 1000, 0), ('URB', 'customer_deposits', 0, 1000)$$,
  'with what was debited and credited');
select is(ledger.snapshot(), 0, 'the same mark is not taken twice');

select ledger.record_gateway_fee(tests.id('stay'), tests.id('card'), 30, 'txn_1', '2026-02-01');
select is(ledger.balance('cash_reserve', 'URB', 'BRL'), 970::bigint, 'a balance is the snapshot and what came after it');
create temporary table told as select ledger.trial_balance() as trial;
select audit.mark();
select is(ledger.snapshot(), 2, 'the next one is of the accounts that moved');
select is(ledger.trial_balance(), trial, 'and changes no balance') from told;
select is((ledger.verify() -> 'ok')::boolean, true, 'the books are in order');

select tests.rls_enabled('ledger', 'snapshots');
select tests.rls_enabled('ledger', 'snapshot_balances');

select * from finish();
rollback;
