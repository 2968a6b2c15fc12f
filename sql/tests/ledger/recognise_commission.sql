begin;
select plan(7);

select tests.create_paid_order('stay', 'card', 1000, 150);

select bag_eq(
  $$select tests.legs(ledger.recognise_commission(tests.id('stay'), now()))$$,
  array['debit customer_deposits 150 commission_taken', 'credit commissions_payable 150 commission_taken',
    'debit commissions_payable 150 commission_taken', 'credit commission_revenue 150 commission_revenue'],
  'the commission moves from deposits to revenue, and only that leg is called so');
select is(ledger.recognise_commission(tests.id('stay'), now()), null, 'then nothing is missing');

-- refunds
select ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('refund'), 333, now());
select is(ledger.recognise_commission(tests.id('stay'), now()), null, 'nor after a refund, which takes its part with it');
select is(ledger.booking_balance(tests.id('stay'), 'commission_revenue'), -100::bigint, 'what stays is rounded half up');
select ledger.record_refund_failed(tests.id('stay'), tests.id('card'), tests.id('refund'), now());
select bag_eq(
  $$select tests.legs(ledger.recognise_commission(tests.id('stay'), now()))$$,
  array['debit customer_deposits 50 commission_taken', 'credit commissions_payable 50 commission_taken',
    'debit commissions_payable 50 commission_taken', 'credit commission_revenue 50 commission_revenue'],
  'a refund that is given up brings the rest of it');

-- before a payment
select tests.create_order('unpaid', 1000, 150);
select is(ledger.recognise_commission(tests.id('unpaid'), now()), null, 'without a payment there is no commission');
select tests.throws_code(
  $$select ledger.recognise_commission(gen_random_uuid(), now())$$, 'NOT_FOUND', 'there must be an order');

select * from finish();
rollback;
