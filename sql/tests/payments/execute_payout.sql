begin;
select plan(63);

select tests.freeze_time('2026-11-18 15:00+00'); -- a Wednesday
select tests.create_payee('ana'), tests.create_payee('bia');
update payments.payees as y set stripe_account_id = 'acct_ana', payouts_enabled = true where y.id = tests.id('ana');

-- planned
select tests.owe('one', 'ana');
select results_eq($$select p.status::text, p.gross_amount, p.commission_amount, p.net_amount, p.scheduled_for from tests.payout('one') as p$$,
  $$values ('pending', 10000::bigint, 1500::bigint, 8500::bigint, '2026-11-23'::date)$$, 'a payout is planned for the next Monday');
select payments.open_payouts(tests.id('one'), jsonb_build_array(jsonb_build_object('payee_id', tests.id('ana'), 'share', 1)));
select is((select count(*) from payments.payouts as p), 1::bigint, 'once per booking and payee');
select is(payments.tick_draw_up_payouts(100), 0, 'before that day nothing happens');

-- drawn up
select tests.freeze_time('2026-11-23 02:00+00');
select is(payments.tick_draw_up_payouts(100), 0, 'the day is the city''s');
select tests.freeze_time('2026-11-23 15:00+00');
select tests.owe('two', 'bia', 2000);
select is(payments.tick_draw_up_payouts(100), 2, 'then it is drawn up, with others of the day');
set constraints all immediate;
select results_eq($$select b.status::text, b.total_payouts, b.total_amount, b.period_start, b.period_end, b.batch_number ~ '^PB-2026-[0-9]{3}$' from payments.payout_batches as b$$,
  $$values ('draft', 2, 10200::bigint, '2026-11-23'::date, '2026-11-23'::date, true)$$, 'in one batch of the city and currency');
set constraints all deferred;

-- executed
select is(payments.tick_execute_payouts(100), 2, 'the batch is executed');
set constraints all immediate;
set constraints all deferred;
select results_eq($$select p.status::text, (tests.transfer_command('one')).payload - 'payout_id' from tests.payout('one') as p$$,
  $$values ('processing', jsonb_build_object('amount', 8500, 'currency', 'brl', 'destination', 'acct_ana', 'booking_id', tests.id('one')))$$,
  'to a connected account by a transfer');
select results_eq($$select p.status::text, (tests.transfer_command('two')).id from tests.payout('two') as p$$, $$values ('processing', null::uuid)$$, 'else by hand');
select is((select b.status from payments.payout_batches as b), 'processing', 'the batch runs');
select is(ledger.booking_balance(tests.id('one'), 'payouts_receivable'), -8500::bigint, 'no money has moved yet');

-- payments.apply_transfer, payments.finish_payout
select is(tests.hear('e1', 'transfer.created', tests.stripe_transfer('one', 'tr_x', '{"metadata": {}}')), 'ignored', 'a transfer that is not ours is none of our business');
select is(tests.hear('e2', 'transfer.created', tests.stripe_transfer('one', 'tr_x', '{"amount": 8501}')), 'ignored', 'one of another amount is looked at by a person');
select is(tests.hear('e3', 'transfer.created', tests.stripe_transfer('one', 'tr_1')), 'processed', 'the transfer was made');
select is(tests.hear('e4', 'transfer.updated', tests.stripe_transfer('one', 'tr_1')), 'processed', 'which is told twice');
select results_eq($$select p.status::text, p.gateway_transfer_id from tests.payout('one') as p$$, $$values ('completed', 'tr_1')$$, 'it is done');
select bag_eq($$select tests.legs((tests.payout('one')).ledger_transaction_id)$$,
  array['debit payouts_receivable 8500 payout_executed', 'credit cash_reserve 8500 payout_executed'], 'and booked');
select is((select s.heard[array_upper(s.heard, 1)] from toys.sales as s where s.id = tests.id('one')), 'paid_out', 'the line hears of it');

-- payments.mark_payout_paid
create temporary table given as select p.id, o.name from (values ('one'), ('two')) as o (name) cross join lateral tests.payout(o.name) as p;
grant select on given to authenticated, anon;
select tests.as_anon();
select throws_ok($$select api.mark_payout_paid(null, 'TED 1')$$, '42501', null, 'visitors pay nobody');
select tests.as_staff('agent', 'URB');
select tests.throws_code($$select api.mark_payout_paid((select id from given where name = 'two'), 'TED 1')$$, 'FORBIDDEN', 'nor do agents');
select tests.as_staff('supervisor', 'URB');
select tests.throws_code($$select api.mark_payout_paid((select id from given where name = 'two'), ' ')$$, 'INVALID_PARAMETER', 'a reference is not empty');
select is(api.mark_payout_paid((select id from given where name = 'two'), 'TED 1') ->> 'amount', '1700', 'a supervisor says that it was paid by hand');
select is(api.mark_payout_paid((select id from given where name = 'two'), 'TED 1') ->> 'status', 'completed', 'saying it again changes nothing');
select tests.throws_code($$select api.mark_payout_paid((select id from given where name = 'two'), 'TED 2')$$, 'INVALID_TRANSITION', 'another reference would be another payment');
select results_eq($$select status, paid_amount from api.payouts order by paid_amount$$, $$values ('completed', 1700::bigint), ('completed', 8500::bigint)$$, 'staff see the payouts of their city');
reset role;
set constraints all immediate;
set constraints all deferred;
select is((select b.status from payments.payout_batches as b), 'completed', 'a batch whose payouts have all ended is completed');

-- payments.retry_payout: reversed, and paid again
select is(tests.hear('e5', 'transfer.reversed', tests.stripe_transfer('one', 'tr_1', '{"amount_reversed": 100}')), 'processed', 'a transfer is reversed in part');
select is((tests.payout('one')).status, 'completed', 'which a person looks at');
select is(ledger.booking_balance(tests.id('one'), 'payouts_receivable'), -100::bigint, 'what came back is due again');
select is(tests.hear('e5a', 'transfer.reversed', tests.stripe_transfer('one', 'tr_1', '{"amount_reversed": 100}')), 'processed', 'told twice');
select is(ledger.booking_balance(tests.id('one'), 'payouts_receivable'), -100::bigint, 'it is due once');
select is((select s.heard[array_upper(s.heard, 1)] from toys.sales as s where s.id = tests.id('one')), 'payout_reversed', 'the line hears of it');
select is(tests.hear('e6', 'transfer.reversed', tests.stripe_transfer('one', 'tr_1', '{"amount_reversed": 8500}')), 'processed', 'then in full');
select is(tests.hear('e7', 'transfer.created', tests.stripe_transfer('one', 'tr_1')), 'ignored', 'what was before that changes nothing any more');
select results_eq($$select p.status::text, ledger.booking_balance(p.booking_id, 'payouts_receivable') from tests.payout('one') as p$$,
  $$values ('failed', -8500::bigint)$$, 'it is due again');
select is((select b.status from payments.payout_batches as b), 'completed', 'the batch is history');
select tests.as_staff('city_admin', 'URB');
select is(api.retry_payout((select id from given where name = 'one')) ->> 'status', 'scheduled', 'an administrator has it paid again');
select tests.throws_code($$select api.retry_payout((select id from given where name = 'one'))$$, 'INVALID_TRANSITION', 'once');
reset role;
select tests.pay_out();
select tests.throws_code($$select payments.mark_payout_paid((select id from given where name = 'one'), 'TED 3')$$, 'INVALID_TRANSITION', 'nobody pays by hand what is on its way');

-- payments.on_transfer_failed
select payments.on_transfer_failed(tests.transfer_command('one'), 'dead', '{"http_status": 400, "code": "account_invalid"}');
select is((tests.payout('one')).status, 'failed', 'what the provider refuses has failed');
select tests.throws_code($$select payments.on_transfer_failed(tests.transfer_command('one'), 'retried', null)$$, 'INVALID_TRANSITION', 'its command is not tried again');
update core.outbox as o set status = 'dead', finished_at = now() where o.id = (tests.transfer_command('one')).id;
create temporary table refused as select (tests.transfer_command('one')).id;
select payments.retry_payout((select id from given where name = 'one'));
select tests.pay_out();
select tests.throws_code($$select core.retry_command((select id from refused))$$, 'INVALID_TRANSITION', 'nor beside the transfer that took its place');
select payments.on_transfer_failed(tests.transfer_command('one'), 'dead', '{"http_status": 429, "code": "rate_limit"}');
select is((tests.payout('one')).status, 'processing', 'an answer that the last try was not looked at says nothing of those before');
select payments.on_transfer_failed(tests.transfer_command('one'), 'dead', '{"code": "NO_ANSWER"}');
select is((tests.payout('one')).status, 'processing', 'of what has no answer nobody knows');
select lives_ok($$select payments.on_transfer_failed(tests.transfer_command('one'), 'retried', null)$$, 'its command may be tried again');
select is(tests.hear('e8', 'transfer.created', tests.stripe_transfer('one', 'tr_2')), 'processed', 'the second transfer');
select is((tests.payout('one')).gateway_transfer_id, 'tr_2', 'is the payout''s');
select is(tests.hear('e9', 'transfer.created', tests.stripe_transfer('one', 'tr_3')), 'ignored', 'a third is looked at by a person');
select results_eq($$select x.kind, count(*) from core.exceptions as x where x.resolved_at is null group by 1 order by 1$$,
  $$values ('command_dead', 1::bigint), ('payout_made_twice', 1), ('transfer_mismatch', 1)$$, 'as was the rest');

-- payments.retry_payout: what came back in part
select tests.owe('three', 'ana', 2000);
select tests.freeze_time('2026-11-30 15:00+00');
select tests.pay_out();
select tests.hear('f1', 'transfer.created', tests.stripe_transfer('three', 'tr_4'));
create temporary table part as select p.id from tests.payout('three') as p;
select tests.throws_code($$select payments.retry_payout((select id from part))$$, 'INVALID_TRANSITION', 'what was paid is not paid again');
select tests.hear('f2', 'transfer.reversed', tests.stripe_transfer('three', 'tr_4', '{"amount_reversed": 600}'));
select is(payments.retry_payout((select id from part)) ->> 'status', 'scheduled', 'but what came back of it');
select tests.pay_out();
select bag_eq($$select p.status::text, p.net_amount, p.gross_amount, p.reversed_amount from payments.payouts as p where p.booking_id = tests.id('three')$$,
  $$values ('completed', 1700::bigint, 2000::bigint, 600::bigint), ('processing', 600, 600, 0)$$, 'as a payout of its own');
select is((tests.transfer_command('three')).payload ->> 'amount', '600', 'by a transfer of its own');
select tests.throws_code($$select payments.retry_payout((select id from part))$$, 'INVALID_TRANSITION', 'which is made once');
select is(tests.hear('f3', 'transfer.reversed', jsonb_set(tests.stripe_transfer('three', 'tr_4', '{"amount_reversed": 1700}'),
  '{metadata,payout_id}', to_jsonb((select id from part)))), 'processed', 'when the rest comes back too');
select is(ledger.booking_balance(tests.id('three'), 'payouts_receivable'), -1700::bigint, 'all is due');
select is((select p.status from payments.payouts as p join part using (id)), 'failed', 'and the payout has failed');

-- payments.open_owed_payouts: one was paid, a refund took the other's part, then money came back
select tests.owe('five', 'ana', 10000, 'bia');
select tests.freeze_time('2026-12-07 15:00+00');
select tests.pay_out();
select tests.hear('g1', 'transfer.created', tests.stripe_transfer('five', 'tr_5'));
select payments.request_refund((tests.payment_of('five')).id, 4000, 'customer_request', null, 'part', null);
select payments.mark_payout_paid((tests.payout('five', 'bia')).id, 'TED 5');
select is(ledger.booking_balance(tests.id('five'), 'owner_receivable'), 3400::bigint, 'what was paid beyond is owed');
select tests.hear('g2', 'transfer.reversed', tests.stripe_transfer('five', 'tr_5', '{"amount_reversed": 5100}'));
select results_eq($$select (payments.payout_share(tests.id('five'), tests.id('ana'))).net, (payments.payout_share(tests.id('five'), tests.id('bia'))).net$$,
  $$values (5100::bigint, 0::bigint)$$, 'all that came back is due to who has not had it');
select is((select count(*) from payments.payouts as p where p.booking_id = tests.id('five')), 2::bigint, 'who has had more than a part gets no other payout');

-- payments.tell_if_paid_out: nothing is left to pay
select tests.owe('four', 'ana', 2000);
select payments.request_refund((tests.payment_of('four')).id, null, 'customer_request', null, 'all', null);
select tests.freeze_time('2026-12-07 15:00+00');
select tests.pay_out();
select is((tests.payout('four')).status, 'cancelled', 'a payout of nothing is cancelled');
select is((select s.heard[array_upper(s.heard, 1)] from toys.sales as s where s.id = tests.id('four')), 'paid_out', 'and was the last');

select ok((ledger.verify() -> 'ok')::boolean, 'the books are in order');
select * from finish();
rollback;
