begin;
select plan(2);

select tests.create_paid_order('stay', 'card', 1000, 150);

select is(
  ledger.balance_at('cash_reserve', 'URB', 'BRL', (select created_at from ledger.ledger_transactions)), 0::bigint,
  'what is recorded later does not count');
select is(ledger.balance_at('cash_reserve', 'URB', 'BRL', clock_timestamp()), 1000::bigint, 'what was recorded before does');

select * from finish();
rollback;
