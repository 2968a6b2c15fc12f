begin;
select plan(15);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.hold('ana', 'family', 10), tests.hold('bia', 'family', 10);
select tests.pay_stay('ana'), tests.pay_stay('bia');
create function pg_temp.commands(p_name text, p_topic text) returns bigint language sql as
  $$select count(*) from core.outbox as o where o.booking_id = (tests.intent(p_name)).id and o.topic = p_topic$$;

select tests.throws_code($$select lodging.confirm_reservation(tests.stay('ana'), null)$$, 'MISSING_REQUIRED_FIELD', 'the Host''s id is needed');
select lodging.confirm_reservation(tests.stay('ana'), 'H1');
select results_eq($$select r.status::text, r.host_booking_id from tests.stay('ana') as r$$, $$values ('confirmed', 'H1')$$, 'what the Host accepts is confirmed');
select tests.throws_code($$select lodging.confirm_reservation(tests.stay('bia'), 'H1')$$, 'INVALID_PARAMETER', 'the Host''s id names one reservation');
select tests.throws_code(format('select lodging.confirm_reservation(tests.stay(''bia''), %L)', i), 'INVALID_PARAMETER', 'and is no nonsense')
from unnest(array['', repeat('x', 256)]) as i;
select lodging.confirm_reservation(tests.stay('ana'), 'H1');
select is((tests.stay('ana')).status, 'confirmed', 'to confirm again changes nothing');
select is(pg_temp.commands('ana', 'lodging.cancel_booking'), 0::bigint, 'least of all is it cancelled');
select tests.throws_code($$update lodging.reservations set status = 'host_commit_pending' where id = (tests.intent('ana')).id$$, 'INVALID_TRANSITION', 'what is confirmed does not wait again, by any writer');

select lodging.fail_reservation(tests.stay('ana'), 'too late');
select is((tests.stay('ana')).status, 'confirmed', 'nor does it fail');
select lodging.fail_reservation(tests.stay('bia'), 'refused');
select is((tests.stay('bia')).status, 'refund_pending', 'what waits may fail');
select is((select f.reason_details from payments.refunds as f), 'refused', 'the refund says why');
select lodging.confirm_reservation(tests.stay('bia'), 'H2');
select is((tests.stay('bia')).status, 'refund_pending', 'what failed is not confirmed');
select is(pg_temp.commands('bia', 'lodging.cancel_booking'), 2::bigint, 'but cancelled, now by the Host''s id');

select lodging.queue_host_commit((tests.intent('bia')).id), lodging.queue_host_cancel((tests.intent('bia')).id);
select results_eq($$select o.queue_key, count(*) from core.outbox as o where o.booking_id = (tests.intent('bia')).id and o.topic like 'lodging.%' group by 1$$,
  $$values ('reservation:' || (tests.intent('bia')).id, 5::bigint)$$, 'all that the Host hears of a reservation goes in order');

select is_empty('select tests.wrong_nights()', 'every counter is what the intents and reservations say');
select * from finish();
rollback;
