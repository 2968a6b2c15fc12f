begin;
select plan(15);

-- tg_payouts__refresh_batch: a batch follows its payouts, whoever writes them, at commit
select tests.create_payee('ana');
select tests.owe('one', 'ana'), tests.owe('two', 'ana', 2000);
create function pg_temp.batch() returns text language plpgsql as $$
begin
  set constraints all immediate;
  set constraints all deferred;
  return (select format('%s %s %s', b.status, b.total_payouts, b.total_amount) from payments.payout_batches as b);
end $$;
select payments.put_into_batch(tests.payout('one')), payments.put_into_batch(tests.payout('two'));

select is((select b.total_payouts from payments.payout_batches as b), 0, 'nothing is written before the end of the transaction');
select is(pg_temp.batch(), 'draft 2 10200', 'then a batch counts its payouts');
update payments.payouts as p set set_off_amount = 200 where p.booking_id = tests.id('two');
select is(pg_temp.batch(), 'draft 2 10000', 'and what they come to');
update payments.payouts as p set status = 'processing' where p.booking_id = tests.id('one');
select is(pg_temp.batch(), 'processing 2 10000', 'it runs with its first payout');
update payments.payouts as p set status = 'completed' where p.booking_id = tests.id('one');
select is(pg_temp.batch(), 'processing 2 10000', 'until its last');
update payments.payouts as p set status = 'cancelled' where p.booking_id = tests.id('two');
select is(pg_temp.batch(), 'completed 1 8500', 'what was cancelled is no part of it');
select isnt((select b.processed_at from payments.payout_batches as b), null, 'it says when it ended');
update payments.payouts as p set status = 'failed' where p.booking_id = tests.id('one');
select is(pg_temp.batch(), 'completed 1 8500', 'what comes later does not undo that');

-- all at once, and only failures
delete from payments.payouts as p;
delete from payments.payout_batches as b;
select payments.open_payouts(tests.id(n.name), jsonb_build_array(jsonb_build_object('payee_id', tests.id('ana'), 'share', 1)))
from unnest(array['one', 'two']) as n (name);
select payments.put_into_batch(tests.payout('one')), payments.put_into_batch(tests.payout('two'));
update payments.payouts as p set status = 'processing';
update payments.payouts as p set status = 'failed';
select is(pg_temp.batch(), 'failed 2 10200', 'a batch may begin and end in one transaction; it fails if all of it does');

-- payments.lock_payout, payments.lock_payout_as_staff
select is((payments.lock_payout((tests.payout('one')).id)).id, (tests.payout('one')).id, 'a payout is locked and read');
select is((payments.lock_payout(gen_random_uuid())).id, null, 'an unknown one is nothing');
select tests.throws_code($$select payments.lock_payout_as_staff(gen_random_uuid())$$, 'NOT_FOUND', 'which staff are told');
select tests.throws_code($$select payments.lock_payout_as_staff(null)$$, 'MISSING_REQUIRED_FIELD', 'as they are that none was named');

-- payments.tell_line_of_payout
select payments.tell_line_of_payout(tests.id('one'), 'paid_out');
select is((select s.heard[array_upper(s.heard, 1)] from toys.sales as s where s.id = tests.id('one')), 'paid_out', 'the line hears of payouts');
select lives_ok($$select payments.tell_line_of_payout(tests.order_toy('unpaid'), 'paid_out')$$, 'not of orders that nobody paid');

select * from finish();
rollback;
