begin;
select plan(4);

select tests.create_paid_order('stay', 'card', 1000, 150);
select tests.create_paid_order('elsewhere', 'other card', 70, city => 'RIO');

select is(ledger.balance('cash_reserve', 'URB', 'BRL'), 1000::bigint, 'debits count for an account');
select is(ledger.balance('customer_deposits', 'URB', 'BRL'), -1000::bigint, 'credits against it');
select is(ledger.balance('cash_reserve', 'RIO', 'BRL'), 70::bigint, 'each city has its own');
select is(ledger.balance('cash_reserve', 'URB', 'USD'), 0::bigint, 'and each currency');

select * from finish();
rollback;
