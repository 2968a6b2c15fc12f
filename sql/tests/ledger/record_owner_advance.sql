begin;
select plan(3);

-- an owner who was paid too much pays it back with the next booking
select tests.create_payee('ana');
select tests.create_paid_order('stay', 'card', 1000, 0, 'ana'), tests.create_paid_order('next', 'next card', 500, 0, 'ana');
select ledger.record_owner_share_due(o.id, now()) from payments.orders as o;
select ledger.record_refund_requested(tests.id('stay'), tests.id('card'), tests.id('refund'), 100, now());
select ledger.record_owner_advance(tests.id('stay'), tests.id('payout'), 100, now());
select ledger.record_payout_executed(tests.id('stay'), tests.id('payout'), 1000, now());
select is(ledger.balance('owner_receivable', 'URB', 'BRL'), 100::bigint, 'the advance is owed');
select ledger.record_payout_executed(tests.id('next'), tests.id('next payout'), 400, now());
select is(ledger.balance('owner_receivable', 'URB', 'BRL'), 0::bigint, 'until it is set off');
select ok((ledger.verify() -> 'ok')::boolean, 'the books are in order');

select * from finish();
rollback;
