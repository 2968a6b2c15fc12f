begin;
select plan(6);

select tests.create_paid_order('stay', 'card', 1000, 150);
select ledger.record_dispute_withdrawn(tests.id('stay'), tests.id('card'), 1000, 0, 'txn_1', now());
select ledger.record_dispute_lost(tests.id('stay'), tests.id('card'), 1000, 'du_1', now());
select ledger.record_dispute_reinstated(tests.id('stay'), tests.id('card'), 400, 0, 'txn_2', now());
select tests.throws_code(
  $$select ledger.record_loss_regained(tests.id('nothing'), tests.id('card'), 400, 'du_1:400', now())$$,
  'NOT_FOUND', 'only of an order that there is');
select bag_eq(
  $$select tests.legs(ledger.record_loss_regained(tests.id('stay'), tests.id('card'), 400, 'du_1:400', now()))$$,
  array['debit dispute_losses 400 dispute', 'credit customer_deposits 400 dispute'], 'what came back is the booking''s again');
select ledger.record_loss_regained(tests.id('stay'), tests.id('card'), 400, 'du_1:400', now());
select is(ledger.booking_balance(tests.id('stay'), 'customer_deposits'), -400::bigint, 'once');
select ledger.recognise_commission(tests.id('stay'), now());
select is(ledger.booking_balance(tests.id('stay'), 'commission_revenue'), -60::bigint, 'and so is the commission on it');
select lives_ok(
  $$select ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('refund'), 400, now())$$, 'it can be refunded');
select ok((ledger.verify() -> 'ok')::boolean, 'the books are in order');

select * from finish();
rollback;
