begin;
select plan(42);

select tests.create_lodging();

-- Webhooks of the Host about a guest's booking; the id of the webhook is its name.
create function pg_temp.tell(name text, guest text, event_type text, data jsonb default '{}') returns text language sql as $$
  select integrations.host_webhook_receiver(tell.event_type, now(),
    jsonb_strip_nulls(jsonb_build_object('host_booking_id', 'H-' || tell.guest, 'host_property_id', 'host-house',
      'reservation_id', (tests.stay(tell.guest)).id)) || tell.data, 't=1,v1=x', tell.name) ->> 'processed'
$$;
create function pg_temp.event(name text) returns integrations.host_webhook_events language sql as $$
  select e from integrations.host_webhook_events as e where e.webhook_id = event.name
$$;
create function pg_temp.book(name text) returns void language plpgsql as $$
begin
  perform tests.as_anon();
  perform tests.hold(book.name, 'family');
  perform tests.authenticate_as_service_role();
  reset role;
  perform tests.pay_stay(book.name);
end $$;
select pg_temp.book(n.name) from unnest(array['ana', 'bia', 'cid', 'dora']) as n (name) where n.name <> 'dora';
select tests.host_says(n.name, 'lodging.commit_booking', jsonb_build_object('host_booking_id', 'H-' || n.name))
from unnest(array['ana', 'bia']) as n (name);

-- who
select tests.as_anon();
select throws_ok($$select api.host_webhook_receiver('x', now(), '{}', 's')$$, '42501', null, 'a visitor is not the Host');
select tests.as_staff('admin');
select throws_ok($$select api.host_webhook_receiver('x', now(), '{}', 's')$$, '42501', null, 'nor is an administrator');
select tests.authenticate_as_service_role();
select lives_ok($$select api.host_webhook_receiver('x', now(), '{}', 's')$$, 'the bridge speaks for it');
reset role;

-- malformed
select tests.throws_code($$select integrations.host_webhook_receiver(null, now(), '{}', 's')$$, 'MISSING_REQUIRED_FIELD', 'an event has a type');
select tests.throws_code($$select integrations.host_webhook_receiver('x', now(), null, 's')$$, 'MISSING_REQUIRED_FIELD', 'and data');
select tests.throws_code($$select integrations.host_webhook_receiver('x', now(), '[]', 's')$$, 'INVALID_PARAMETER', 'which is an object');
select tests.throws_code($$select integrations.host_webhook_receiver(repeat('x', 101), now(), '{}', 's')$$, 'INVALID_PARAMETER', 'its type is a word');
select tests.throws_code($$select integrations.host_webhook_receiver('x', now(), '{}', 's', repeat('x', 256))$$, 'INVALID_PARAMETER', 'its id is short');

-- a stay
select is(pg_temp.tell('w1', 'ana', 'checkin.completed'), 'true', 'the Host says that the guest arrived');
select is((tests.stay('ana')).status, 'checked_in', 'though the day was not due yet');
select results_eq($$select (e).city_code, (e).host_booking_id, (e).host_property_id, (e).signature, (e).error_message from pg_temp.event('w1') as e$$,
  $$values ('URB', 'H-ana', 'host-house', 't=1,v1=x', null::text)$$, 'the webhook is kept with its city and its signature');
select is(pg_temp.tell('w1', 'ana', 'checkout.completed'), 'true', 'the same webhook again');
select is((tests.stay('ana')).status, 'checked_in', 'changes nothing');
select is(pg_temp.tell('w2', 'ana', 'booking.checkout_completed'), 'true', 'the guest left, in the Host''s other spelling');
select is((tests.stay('ana')).status, 'checked_out', 'so the stay is over');
select is(pg_temp.tell('w3', 'ana', 'booking.checkin_completed'), 'true', 'an arrival that comes late');
select is((tests.stay('ana')).status, 'checked_out', 'takes nothing back');
select is(pg_temp.tell('w4', 'ana', 'booking.cancelled'), 'false', 'who was there cannot be cancelled');
select is((tests.stay('ana')).status, 'checked_out', 'nothing changes');
select results_eq($$select x.kind, x.booking_id, x.detail ->> 'event_type' from core.exceptions as x where x.resolved_at is null$$,
  $$values ('host_event_failed', (tests.stay('ana')).id, 'booking.cancelled')$$, 'a person must look at it');

-- echoes
select is(pg_temp.tell('w5', 'bia', 'booking.created'), 'true', 'the Host echoes our own booking');
select is((select count(*) from lodging.reservations as r where r.host_booking_id = 'H-bia'), 1::bigint, 'which is not doubled');
select is(pg_temp.tell('w6', 'cid', 'booking.created'), 'true', 'the echo may come before the answer to our request');
select results_eq($$select r.status::text, r.host_booking_id from tests.stay('cid') as r$$, $$values ('confirmed', 'H-cid')$$, 'then it confirms the stay');
select is(pg_temp.tell('w7', 'cid', 'booking.updated', jsonb_build_object('check_in', tests.night(11), 'check_out', tests.night(15))), 'true', 'the Host moves a stay');
select results_eq($$select r.check_in, r.check_out, r.total_amount from tests.stay('cid') as r$$, $$values (tests.night(11), tests.night(15), 45000::bigint)$$, 'it is moved, at the price that was paid');
select is(tests.nights('family', 10, 5), '2/0 3/0 3/0 1/0 1/0', 'with its nights');
select is((select x.detail -> 'was' ->> 'check_in' from core.exceptions as x where x.kind = 'host_booking_differs'), tests.night(10)::text, 'and goes before a person');
select is(pg_temp.tell('w8', 'cid', 'booking.updated', jsonb_build_object('host_booking_id', 'H-other')), 'false', 'a second booking for a reservation');
select matches((pg_temp.event('w8')).error_message, 'host_booking_id', 'is refused with the reason');

-- cancelled at the Host
select is(pg_temp.tell('w9', 'bia', 'booking.cancelled'), 'true', 'the Host cancels a stay');
select results_eq($$select r.status::text, r.cancellation_reason from tests.stay('bia') as r$$, $$values ('refund_pending', 'cancelled at the Host')$$, 'it is cancelled');
select is((tests.stay_payment('bia')).refund_amount, 45000::bigint, 'the guest gets everything back');
select is(tests.nights('family', 10, 5), '1/0 2/0 2/0 1/0 1/0', 'the nights are free');
select is(pg_temp.tell('w10', 'bia', 'booking.cancelled'), 'true', 'an echo of that');
select is((select count(*) from payments.refunds as f), 1::bigint, 'refunds nothing more');

-- of no use
select is(pg_temp.tell('w12', 'nobody', 'toast.burned'), 'false', 'an event of no use');
select results_eq($$select (e).error_message, (e).next_try_at from pg_temp.event('w12') as e$$, $$values ('no such event is used', null::timestamptz)$$,
  'is kept with the reason and not tried again');

-- unknown, and known later
select is(pg_temp.tell('w13', 'dora', 'checkin.completed'), 'false', 'a booking that we should know');
select ok((pg_temp.event('w13')).next_try_at > now(), 'is tried again');
select pg_temp.book('dora');
select tests.host_says('dora', 'lodging.commit_booking', '{"host_booking_id": "H-dora"}');
select is(pg_temp.tell('w13', 'dora', 'checkin.completed'), 'true', 'a second delivery tries again, too');
select results_eq($$select (tests.stay('dora')).status::text, x.resolution from core.exceptions as x where x.detail ->> 'host_booking_id' = 'H-dora'$$,
  $$values ('checked_in', 'processed')$$, 'and the case is closed');

select * from finish();
rollback;
