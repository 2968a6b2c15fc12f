begin;
select plan(3);

select tests.create_paid_order('stay', 'card', 1000, 150);
select tests.create_paid_order('other', 'other card', 70);

select is(ledger.booking_balance(tests.id('stay'), 'customer_deposits'), -1000::bigint, 'a booking has balances of its own');
select is(ledger.booking_balance(tests.id('stay'), 'refunds_payable'), 0::bigint, 'zero where nothing was posted');
select is(ledger.booking_balance(gen_random_uuid(), 'customer_deposits'), 0::bigint, 'and for an unknown booking');

select * from finish();
rollback;
