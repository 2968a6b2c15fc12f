begin;
select plan(8);

select tests.create_payee('ana');
select tests.create_paid_order('stay', 'card', 1000, 150, 'ana');
select results_eq($$select * from ledger.payout_due(tests.id('stay'))$$, $$values (0::bigint, 0::bigint, 0::bigint)$$, 'before the stay has ended nothing is due');
select ledger.recognise_commission(tests.id('stay'), now()), ledger.record_owner_share_due(tests.id('stay'), now());
select results_eq($$select * from ledger.payout_due(tests.id('stay'))$$, $$values (850::bigint, 150::bigint, 0::bigint)$$, 'then the share is, without the commission');
select tests.throws_code($$select ledger.payout_due(tests.id('other'))$$, 'NOT_FOUND', 'of unknown bookings nothing is due');

-- a refund while the transfer is on its way
select ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('refund'), 400, now());
select bag_eq(
  $$select tests.legs(ledger.record_owner_advance(tests.id('stay'), tests.id('payout'), 340, now()))$$,
  array['debit owner_receivable 340 adjustment', 'credit payouts_receivable 340 adjustment'],
  'what is paid beyond the share is lent');
select ledger.record_owner_advance(tests.id('stay'), tests.id('payout'), 340, now());
select results_eq($$select * from ledger.payout_due(tests.id('stay'))$$, $$values (850::bigint, 90::bigint, 340::bigint)$$, 'once per payout');
select isnt(ledger.record_payout_executed(tests.id('stay'), tests.id('payout'), 850, now()), null, 'so the transfer can be recorded as it was');
select is(tests.balances('stay'), '{"cash_reserve": 150, "refunds_payable": -400, "owner_receivable": 340, "commission_revenue": -90}', 'the owner owes the rest');
select ok((ledger.verify() -> 'ok')::boolean, 'the books are in order');

select * from finish();
rollback;
