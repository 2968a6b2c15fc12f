begin;
select plan(33);

select tests.freeze_time('2026-11-23 15:00+00'); -- a Monday
select tests.create_payee('ana'), tests.create_payee('bia');
update payments.payees as y set stripe_account_id = 'acct_' || y.name, payouts_enabled = true;

-- whose schedule
insert into payments.payout_schedules (id, city_code, entity_type, entity_id, frequency, day_of_week, min_threshold, hold_days)
values (tests.id('of ana'), 'URB', 'owner', tests.id('ana'), 'weekly', 3, 0, 0), (tests.id('other'), 'URB', 'owner', tests.id('nobody'), 'weekly', 4, 0, 0);
select tests.owe('bia''s', 'bia'), tests.owe('ana''s', 'ana');
select is((tests.payout('bia''s')).scheduled_for, '2026-11-23', 'a payee without a schedule is paid on the city''s day');
select is((tests.payout('ana''s')).scheduled_for, '2026-11-25', 'one with a schedule on its day');
delete from payments.payouts as p where p.booking_id = tests.id('ana''s');
select payments.open_payouts(tests.id('ana''s'), jsonb_build_array(jsonb_build_object('payee_id', tests.id('ana'), 'share', 1, 'schedule_id', tests.id('other'))));
select is((tests.payout('ana''s')).scheduled_for, '2026-11-26', 'a preferred schedule comes first');
insert into payments.payout_schedules (id, city_code, entity_type, entity_id, frequency, hold_days)
values (tests.id('of the toy'), 'URB', 'property', tests.id('a toy'), 'on_checkout', 3);
delete from payments.payouts as p where p.booking_id = tests.id('ana''s');
select payments.open_payouts(tests.id('ana''s'), jsonb_build_array(jsonb_build_object('payee_id', tests.id('ana'), 'share', 1, 'schedule_id', tests.id('other'))));
select results_eq($$select p.scheduled_for, p.payout_schedule_id from tests.payout('ana''s') as p$$, $$values ('2026-11-26'::date, tests.id('of the toy'))$$,
  'the listing''s own before all; days of hold count from now');
delete from payments.payout_schedules as s where s.id = tests.id('other');
delete from payments.payouts as p where p.booking_id = tests.id('ana''s');
delete from payments.payout_schedules as s where s.id = tests.id('of the toy');

-- a least amount
update payments.payout_schedules as s set day_of_week = 1, min_threshold = 10000 where s.id = tests.id('of ana');
select payments.open_payouts(tests.id('ana''s'), jsonb_build_array(jsonb_build_object('payee_id', tests.id('ana'), 'share', 1)));
select is(payments.tick_draw_up_payouts(10), 2, 'both are looked at');
select is((tests.payout('bia''s')).status, 'scheduled', 'who has no least amount is paid');
select results_eq($$select p.status::text, p.scheduled_for from tests.payout('ana''s') as p$$, $$values ('pending', '2026-11-30'::date)$$, 'who has not reached it waits another week');
select is(payments.tick_draw_up_payouts(10), 0, 'until then there is nothing to do');
select tests.freeze_time('2026-11-30 15:00+00');
select tests.owe('ana''s next', 'ana');
select is(payments.tick_draw_up_payouts(10), 2, 'together two payouts reach it');
select is((tests.payout(n.name)).status, 'scheduled', 'so both are drawn up') from unnest(array['ana''s', 'ana''s next']) as n (name);
set constraints all immediate;
select results_eq($$select b.period_start, b.period_end, b.total_payouts, b.total_amount from payments.payout_batches as b order by b.period_end$$,
  $$values ('2026-11-23'::date, '2026-11-23'::date, 1, 8500::bigint), ('2026-11-30', '2026-11-30', 2, 17000)$$, 'in the batch of their day');
set constraints all deferred;

-- held
select tests.freeze_time('2026-12-07 15:00+00');
select tests.owe('disputed', 'bia');
insert into payments.disputes (id, payment_id, booking_id, city_code, gateway_dispute_id, amount, currency)
select tests.id('dispute'), p.id, p.booking_id, p.city_code, 'du_1', p.amount, p.currency from tests.payment_of('disputed') as p;
select is(payments.is_payout_held(tests.id('disputed')), true, 'a dispute holds the payouts of its order');
select is(payments.tick_draw_up_payouts(10), 0, 'which are not drawn up');
select payments.put_into_batch(tests.payout('disputed'));
select payments.execute_payout(tests.payout('disputed'));
set constraints all immediate;
set constraints all deferred;
select results_eq($$select p.status::text, p.payout_batch_id from tests.payout('disputed') as p$$, $$values ('pending', null::uuid)$$, 'one that was drawn up before leaves its batch');
select results_eq($$select b.status::text, b.total_payouts from payments.payout_batches as b where b.period_end = '2026-12-07'$$, $$values ('completed', 0)$$, 'which is empty then');
update payments.disputes as d set status = 'won', closed_at = now() where d.id = tests.id('dispute');
select is(payments.tick_draw_up_payouts(10), 1, 'once it is closed they are');

-- what is nothing any more
select payments.request_refund((tests.payment_of('disputed')).id, null, 'customer_request', null, 'all', null);
select tests.pay_out();
select is((tests.payout('disputed')).status, 'cancelled', 'a payout of which nothing is left is cancelled');
select is((tests.payout('bia''s')).status, 'processing', 'others are executed');

-- debts
select tests.hear('t1', 'transfer.created', tests.stripe_transfer('bia''s', 'tr_1'));
select payments.request_refund((tests.payment_of('bia''s')).id, null, 'customer_request', null, 'all', null);
select is(ledger.balance('owner_receivable', 'URB', 'BRL'), 8500::bigint, 'who was paid for what is refunded owes it');
select tests.owe('small', 'bia', 4000), tests.owe('large', 'bia', 10000);
select tests.pay_out();
select results_eq($$select p.net_amount, p.set_off_amount, p.status::text from tests.payout('small') as p$$, $$values (3400::bigint, 3400::bigint, 'completed')$$,
  'a payout that only sets off debts is done at once');
select results_eq($$select p.net_amount, p.set_off_amount, p.status::text from tests.payout('large') as p$$, $$values (8500::bigint, 5100::bigint, 'processing')$$,
  'the next sets off the rest of the debt');
select is((tests.transfer_command('large')).payload -> 'amount', '3400', 'what is left of it is transferred');
select tests.owe('later', 'bia', 10000);
select tests.freeze_time('2026-12-14 15:00+00');
select tests.pay_out();
select is((tests.payout('later')).set_off_amount, 0::bigint, 'no debt is set off twice, though the transfer is still on its way');

-- a refund while the transfer is on its way
select tests.owe('refunded', 'ana', 2000);
update payments.payout_schedules as s set min_threshold = 0;
select tests.pay_out();
select payments.request_refund((tests.payment_of('refunded')).id, 1000, 'customer_request', null, 'half', null);
select is(tests.hear('t2', 'transfer.created', tests.stripe_transfer('refunded', 'tr_2')), 'processed', 'money that was sent is booked as it was');
select is(tests.balances('refunded') -> 'owner_receivable', '850', 'the payee owes what was too much');
select is((tests.payout('refunded')).status, 'completed', 'the payout is done');

-- several payees
select tests.owe('shared', 'ana', 1001, 'bia');
select bag_eq($$select p.recipient_name, p.net_amount from payments.payouts as p where p.booking_id = tests.id('shared')$$, $$values ('ana', 511::bigint), ('bia', 340)$$, 'several payees share');
select payments.request_refund((tests.payment_of('shared')).id, 501, 'customer_request', null, 'half', null);
select tests.pay_out();
select is((select sum(p.net_amount) from payments.payouts as p where p.booking_id = tests.id('shared')), -ledger.booking_balance(tests.id('shared'), 'payouts_receivable')::numeric,
  'what is left when they are paid, to the last cent');
select is((select sum(p.commission_amount) from payments.payouts as p where p.booking_id = tests.id('shared')), -ledger.booking_balance(tests.id('shared'), 'commission_revenue')::numeric,
  'and the commission');
select tests.hear('t3', 'transfer.created', tests.stripe_transfer('shared', 'tr_3'));
select is((select s.heard[array_upper(s.heard, 1)] from toys.sales as s where s.id = tests.id('shared')), 'refund_requested', 'one of two is not all');
select payments.finish_payout(p, now(), 'tr_4') from payments.payouts as p where p.booking_id = tests.id('shared') and p.status = 'processing';
select is((select s.heard[array_upper(s.heard, 1)] from toys.sales as s where s.id = tests.id('shared')), 'paid_out', 'the last is');

select ok((ledger.verify() -> 'ok')::boolean, 'the books are in order');
select * from finish();
rollback;
