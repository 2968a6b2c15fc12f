begin;
select plan(8);

select tests.create_payee('ana');
select tests.create_paid_order('stay', 'card', 1000, 150, 'ana');
select ledger.recognise_commission(tests.id('stay'), now());
select ledger.record_owner_share_due(tests.id('stay'), now());

select tests.throws_code(
  $$select ledger.record_payout_executed(tests.id('stay'), tests.id('payout'), 851, now())$$,
  'AMOUNT_TOO_LARGE', 'no more than is due is paid');
select bag_eq(
  $$select tests.legs(ledger.record_payout_executed(tests.id('stay'), tests.id('payout'), 850, now()))$$,
  array['debit payouts_receivable 850 payout_executed', 'credit cash_reserve 850 payout_executed'],
  'the owner is paid');
select isnt(
  ledger.record_payout_executed(tests.id('stay'), tests.id('payout'), 850, now()), null, 'a payout is executed once');
select is(
  tests.balances('stay'), '{"cash_reserve": 150, "commission_revenue": -150}', 'what stays is the commission');

-- an owner in debt
select ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('refund'), 400, now());
select is(ledger.booking_balance(tests.id('stay'), 'owner_receivable'), 340::bigint, 'a refund after the payout is owed by the owner');
select tests.create_paid_order('next', 'next card', 600, 0, 'ana');
select ledger.record_owner_share_due(tests.id('next'), now());
select bag_eq(
  $$select tests.legs(ledger.record_payout_executed(tests.id('next'), tests.id('next payout'), 260, now()))$$,
  array['debit payouts_receivable 340 adjustment', 'credit owner_receivable 340 adjustment',
    'debit payouts_receivable 260 payout_executed', 'credit cash_reserve 260 payout_executed'],
  'the debt is set off against the owner''s next payout, and the rest is paid');
select is(ledger.balance('owner_receivable', 'URB', 'BRL'), 0::bigint, 'then the owner owes nothing');
select ok((ledger.verify() -> 'ok')::boolean, 'the books are in order');

select * from finish();
rollback;
