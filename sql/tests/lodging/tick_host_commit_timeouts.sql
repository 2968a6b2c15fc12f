begin;
select plan(10);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.hold('ana', 'double', 10), tests.hold('bia', 'family', 10), tests.hold('carla', 'double', 20);
select tests.pay_stay('ana'), tests.pay_stay('bia'), tests.pay_stay('carla');
select tests.host_says('ana', 'lodging.commit_booking', '{"host_booking_id": "H1"}');

select tests.freeze_time('2030-05-01 12:09:59+00');
select is(lodging.tick_host_commit_timeouts(10), 0, 'the Host has ten minutes');
select tests.freeze_time('2030-05-01 12:10+00');
select core.claim_commands('worker', array['lodging.commit_booking'], 1);
select is(lodging.tick_host_commit_timeouts(1), 1, 'at most the limit is dealt with');
select is(lodging.tick_host_commit_timeouts(10), 1, 'then the rest');
select is(lodging.tick_host_commit_timeouts(10), 0, 'once');
select results_eq($$select r.status::text from lodging.reservations as r order by r.id$$, $$values ('confirmed'), ('refund_pending'), ('refund_pending')$$,
  'what the Host has not accepted is refunded, what it has stays');
select is((select sum(f.amount) from payments.refunds as f), 75000::numeric, 'in full');
select results_eq($$select o.status, count(*) from core.outbox as o where o.topic = 'lodging.commit_booking' group by 1 order by 1$$,
  $$values ('cancelled', 1::bigint), ('done', 1::bigint), ('pending', 1::bigint)$$, 'a command that waits is called off, one under way runs to its end');
select is((select count(*) from core.outbox as o where o.topic = 'lodging.cancel_booking'), 2::bigint, 'what may have been booked is cancelled at the Host');

select is_empty('select tests.wrong_nights()', 'every counter is what the intents and reservations say');
select is(ledger.verify() -> 'violations', '[]', 'the books are in order');
select * from finish();
rollback;
