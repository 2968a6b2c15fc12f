begin;
select plan(16);

select tests.create_lodging();
select tests.as_anon();
select tests.hold('ana', 'family'), tests.hold('bia', 'family'), tests.hold('cid', 'family');
reset role;
select tests.pay_stay(n.name) from unnest(array['ana', 'bia', 'cid']) as n (name);

select is(lodging.on_host_event('room.painted', '{}'), 'no such event is used', 'of other events it says that they are of no use');
select tests.throws_code($$select lodging.on_host_event('booking.updated', '{}')$$, 'MISSING_REQUIRED_FIELD', 'a booking has an id');
select tests.throws_code($$select lodging.on_host_event('booking.updated', '{"host_booking_id": "H9", "reservation_id": "not an id"}')$$,
  'NOT_FOUND', 'a reference that is none is unknown');

-- lodging.advance_stay
select tests.throws_code($$select lodging.advance_stay(tests.stay('ana'), 'checked_in')$$, 'INVALID_TRANSITION', 'who is not confirmed does not arrive');
select lodging.confirm_reservation(tests.stay('ana'), 'H1');
select is(lodging.on_host_event('checkout.completed', '{"host_booking_id": "H1"}'), null, 'who left without having arrived');
select results_eq($$select l.metadata -> 'status' from audit.audit_logs as l where l.entity_id = (tests.intent('ana')).id and l.metadata -> 'status' ->> 1 like 'check%' order by l.seq$$,
  $$values ('["confirmed", "checkin_pending"]'::jsonb), ('["checkin_pending", "checked_in"]'), ('["checked_in", "checked_out"]')$$, 'went through every state');
select lodging.advance_stay(tests.stay('ana'), 'checked_in');
select is((tests.stay('ana')).status, 'checked_out', 'nobody goes back');

-- lodging.cancel_by_host, lodging.refund_in_full
select is(lodging.on_host_event('booking.cancelled', jsonb_build_object('host_booking_id', 'H2', 'reservation_id', (tests.stay('bia')).id)), null,
  'the Host may cancel before we heard that it accepted');
select is((tests.stay('bia')).status, 'refund_pending', 'then it did not accept');
select is((select count(*) from core.outbox as o where o.topic = 'lodging.commit_booking' and o.booking_id = (tests.stay('bia')).id and o.status = 'pending'), 0::bigint,
  'and is not asked again');
select lodging.on_host_event('booking.created', jsonb_build_object('host_booking_id', 'H2', 'reservation_id', (tests.stay('bia')).id));
select is((select count(*) from core.outbox as o where o.topic = 'lodging.cancel_booking' and o.payload ->> 'host_booking_id' = 'H2'), 1::bigint,
  'a booking that the Host makes of it too late is cancelled there');

select lodging.confirm_reservation(tests.stay('cid'), 'H3');
insert into payments.disputes (payment_id, booking_id, city_code, gateway_dispute_id, amount, currency)
select p.id, p.booking_id, p.city_code, 'du_1', p.amount, p.currency from tests.stay_payment('cid') as p;
select lodging.on_host_event('booking.cancelled', '{"host_booking_id": "H3"}');
select is((tests.stay('cid')).status, 'cancelled', 'a disputed stay can be cancelled');
select is((tests.stay_payment('cid')).refund_amount, 0::bigint, 'but is not refunded beside the dispute');
select is((select count(*) from core.exceptions as x where x.kind = 'refund_waits_for_dispute'), 1::bigint, 'a person must look at it');
select is((select string_agg(n.template_code, ' ' order by n.created_at) from notifications.notification_outbox as n where n.booking_id = (tests.stay('cid')).id),
  'payment_receipt booking_confirmation cancellation_notice', 'the guest is told');

select is_empty('select tests.wrong_nights()', 'every counter is what the intents and reservations say');
select * from finish();
rollback;
