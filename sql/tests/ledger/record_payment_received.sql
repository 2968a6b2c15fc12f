begin;
select plan(4);

select tests.create_order('stay', 1000, 150);
select tests.create_payment('card', 'stay');

select bag_eq(
  $$select tests.legs(ledger.record_payment_received(tests.id('stay'), tests.id('card'), 1000, now()))$$,
  array['debit cash_reserve 1000 payment_received', 'credit customer_deposits 1000 payment_received'],
  'the money is at the provider and held for the booking');
select results_eq(
  'select distinct city_code, booking_id, listing_id, payment_id, currency, counterparty_type from ledger.ledger_entries',
  $$values ('URB', tests.id('stay'), tests.id('listing'), tests.id('card'), 'BRL', 'customer')$$,
  'each leg says city, booking, listing, payment');
select is(
  ledger.record_payment_received(tests.id('stay'), tests.id('card'), 1000, now()),
  (select id from ledger.ledger_transactions),
  'a payment is received once');
select tests.throws_code(
  $$select ledger.record_payment_received(gen_random_uuid(), tests.id('card'), 1000, now())$$,
  'NOT_FOUND', 'there must be an order');

select * from finish();
rollback;
