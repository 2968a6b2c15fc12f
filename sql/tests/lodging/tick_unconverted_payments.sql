begin;
select plan(7);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
create function pg_temp.pay_without_reservation(p_name text) returns void language plpgsql as $$
begin
  perform tests.start_stay(p_name);
  update payments.payments set status = 'succeeded', amount_captured = amount where id = (tests.stay_payment(p_name)).id;
  perform ledger.record_payment_received(p.booking_id, p.id, p.amount, core.now()) from tests.stay_payment(p_name) as p;
  update lodging.booking_intents set status = 'payment_confirmed', expires_at = '2030-05-01 12:05+00' where id = (tests.intent(p_name)).id;
end $$;
select tests.hold('ana', 'double', 10), tests.hold('bia', 'family', 10);
select pg_temp.pay_without_reservation('ana');
select pg_temp.pay_without_reservation('bia');
update lodging.booking_intents set fees = 1, total_amount = total_amount + 1 where id = (tests.intent('bia')).id;

select is(lodging.tick_unconverted_payments(10), 0, 'for five minutes the failsafe waits');
select tests.freeze_time('2030-05-01 12:05+00');
select is(lodging.tick_unconverted_payments(10), 2, 'then it acts');
select results_eq($$select (tests.intent('ana')).status::text, (tests.stay('ana')).status::text, tests.nights('double', 10, 1)$$,
  $$values ('converted', 'host_commit_pending', '1/0')$$, 'what is paid becomes a reservation');
select results_eq($$select (tests.intent('bia')).status::text, (tests.stay_payment('bia')).status::text, tests.nights('family', 10, 1)$$,
  $$values ('cancelled', 'refund_pending', '0/0')$$, 'what cannot be made one is cancelled and refunded');
select is((select count(*) from core.exceptions where kind = 'payment_without_reservation'), 1::bigint, 'and a person told');
select is(lodging.tick_unconverted_payments(10), 0, 'once');

select is_empty('select tests.wrong_nights()', 'every counter is what the intents and reservations say');
select * from finish();
rollback;
