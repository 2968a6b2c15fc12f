begin;
select plan(31);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
insert into payments.payees (id, kind, city_code, name) values (tests.id('owner'), 'owner', 'URB', 'Olga');
insert into lodging.property_owners (id, city_code, email) values (tests.id('owner'), 'URB', 'olga@mail.example');
update lodging.properties_map set payee_id = tests.id('owner');
create function pg_temp.book(p_name text, p_first integer) returns void language plpgsql as $$
begin
  perform tests.hold(p_name, 'double', p_first, 3, traveler => jsonb_build_object('first_name', p_name, 'email', p_name || '@mail.example'));
  perform tests.pay_stay(p_name);
end $$;
create function pg_temp.messages(p_name text) returns text language sql as $$
  select string_agg(n.template_code || ' to ' || n.recipient_email, ', ' order by n.created_at, n.template_code)
  from notifications.notification_outbox as n where n.booking_id = (tests.intent(p_name)).id
$$;

-- the Host accepts
select pg_temp.book('ana', 10);
select tests.host_says('ana', 'lodging.commit_booking', '{"host_booking_id": "H1"}');
select results_eq(
  $$select r.status::text, r.host_booking_id, r.host_commit_status, r.host_commit_attempts, r.host_commit_last_error from tests.stay('ana') as r$$,
  $$values ('confirmed', 'H1', 'committed', 1, null)$$, 'the reservation is confirmed');
select is(ledger.booking_balance((tests.intent('ana')).id, 'commission_revenue'), -4500::bigint, 'the commission is earned');
select is(pg_temp.messages('ana'), 'payment_receipt to ana@mail.example, booking_confirmation to ana@mail.example, new_booking to olga@mail.example', 'guest and owner are told');

-- the Host hesitates, then accepts
select pg_temp.book('bia', 20);
select tests.host_says('bia', 'lodging.commit_booking', null, retry => true);
select results_eq($$select r.status::text, r.host_commit_attempts, r.host_commit_last_error::jsonb from tests.stay('bia') as r$$,
  $$values ('host_commit_pending', 1, '{"code": "no_availability"}'::jsonb)$$, 'a failed try is counted and kept');
select tests.freeze_time('2030-05-01 12:00:01+00');
select tests.host_says('bia', 'lodging.commit_booking', '{"host_booking_id": "H2"}');
select results_eq($$select r.status::text, r.host_commit_attempts, r.host_commit_last_error from tests.stay('bia') as r$$,
  $$values ('confirmed', 2, null)$$, 'a later one confirms');

-- the Host refuses
select pg_temp.book('carla', 30);
select tests.host_says('carla', 'lodging.commit_booking', null);
select results_eq(
  $$select r.status::text, r.host_commit_status, r.host_commit_failed_at, r.payment_status::text from tests.stay('carla') as r$$,
  $$values ('refund_pending', 'failed', '2030-05-01 12:00:01+00'::timestamptz, 'paid')$$, 'a refusal fails the reservation, and the refund is on its way');
select results_eq($$select f.amount, f.reason::text, f.status::text from payments.refunds as f where f.booking_id = (tests.intent('carla')).id$$,
  $$values (30000::bigint, 'host_commit_failed', 'pending')$$, 'of all the money');
select is(tests.nights('double', 30, 3), '0/0 0/0 0/0', 'the nights are free again');
select is((select o.payload from core.outbox as o where o.topic = 'lodging.cancel_booking'),
  jsonb_build_object('reservation_id', (tests.intent('carla')).id, 'host_booking_id', null), 'what the Host may have booked unknown to us is cancelled');
select is(pg_temp.messages('carla'), 'payment_receipt to carla@mail.example, refund_notice to carla@mail.example, booking_failed to carla@mail.example', 'the guest is told');
select is(api.host_commit_booking((tests.intent('carla')).id), jsonb_build_object('reservation_id', (tests.intent('carla')).id,
  'status', 'host_commit_failed', 'error_code', 'HOST_COMMIT_FAILED', 'error_message', '{"code": "no_availability"}', 'will_trigger_refund', true),
  'host_commit_booking says so');
select tests.refund_says('carla', 'succeeded');
select results_eq($$select r.status::text, r.payment_status::text from tests.stay('carla') as r$$, $$values ('refunded', 'refunded')$$,
  'the refund settles');
select tests.refund_says('carla', 'failed');
select results_eq($$select r.status::text, r.payment_status::text from tests.stay('carla') as r$$, $$values ('refund_failed', 'paid')$$,
  'or comes back, and waits for a person');

-- the Host refuses a cancellation
select tests.host_says('carla', 'lodging.cancel_booking', null);
select is((select count(*) from core.exceptions where kind = 'host_cancel_failed' and booking_id = (tests.intent('carla')).id), 1::bigint,
  'a cancellation that the Host refuses goes before a person');

-- staff try again
create function pg_temp.retry(p_name text, p_topic text) returns jsonb language sql as $$
  select core.retry_command(o.id) from core.outbox as o where o.booking_id = (tests.intent(p_name)).id and o.topic = p_topic and o.status = 'dead'
$$;
select is(pg_temp.retry('carla', 'lodging.cancel_booking') ->> 'status', 'pending', 'which may try the cancellation again');
select tests.throws_code($$select pg_temp.retry('carla', 'lodging.commit_booking')$$, 'INVALID_TRANSITION', 'but not the booking: money and nights have gone back');

-- refused after staff gave the money back
select pg_temp.book('dora', 40);
select payments.request_refund((tests.stay_payment('dora')).id, null, 'customer_request', null, 'by hand', 'staff');
select is((tests.stay('dora')).status, 'host_commit_pending', 'a refund alone does not end a stay');
select tests.refund_says('dora', 'succeeded');
select is((tests.stay('dora')).payment_status, 'refunded', 'its payment is refunded');
select tests.host_says('dora', 'lodging.commit_booking', null);
select is((tests.stay('dora')).status, 'refunded', 'a refusal then finds nothing left to refund');

-- accepted after we had given up
select pg_temp.book('eva', 50);
select lodging.fail_reservation(lodging.lock_reservation((tests.intent('eva')).id), 'test');
select tests.host_says('eva', 'lodging.commit_booking', '{"host_booking_id": "H5"}');
select results_eq($$select r.status::text, r.host_booking_id from tests.stay('eva') as r$$, $$values ('refund_pending', 'H5')$$,
  'a booking that comes too late does not revive the reservation');
select is((select o.payload ->> 'host_booking_id' from core.outbox as o where o.topic = 'lodging.cancel_booking' order by o.seq desc limit 1), 'H5',
  'it is cancelled at the Host');
select is(api.host_commit_booking((tests.intent('eva')).id) ->> 'status', 'host_commit_failed', 'the system still knows that it failed');
select is(pg_temp.messages('eva'), 'payment_receipt to eva@mail.example, refund_notice to eva@mail.example, booking_failed to eva@mail.example', 'and nobody is told that it was confirmed');

-- a try after the end
select lodging.on_command_done(o.id, o.topic, 'retrying', '{}') from core.outbox as o where o.booking_id = (tests.intent('eva')).id and o.topic = 'lodging.cancel_booking';
select is((tests.stay('eva')).host_commit_attempts, 1, 'tries to cancel are not counted as tries to book');

-- an answer that says nothing
select pg_temp.book('fay', 3);
select tests.throws_code($$select tests.host_says('fay', 'lodging.commit_booking', '{}')$$, 'MISSING_REQUIRED_FIELD', 'an answer without the Host''s id is no answer');

-- stays that cost nothing
update lodging.availability_calendar set base_price = 0 where unit_id = tests.id('family');
select tests.hold('gil', 'family', 10, traveler => '{"email": "gil@mail.example"}'), tests.hold('hal', 'family', 20);
select tests.host_says('gil', 'lodging.commit_booking', '{"host_booking_id": "H7"}');
select is((tests.stay('gil')).status, 'confirmed', 'a stay that costs nothing is confirmed like any other');
select is(pg_temp.messages('gil'), 'booking_confirmation to gil@mail.example, new_booking to olga@mail.example', 'and announced');
select tests.host_says('hal', 'lodging.commit_booking', null);
select is((tests.stay('hal')).status, 'host_commit_failed', 'if it is refused, there is nothing to refund');
select is(api.host_commit_booking((tests.intent('hal')).id) -> 'will_trigger_refund', 'false', 'as the system knows');

select is_empty('select tests.wrong_nights()', 'every counter is what the intents and reservations say');
select is(ledger.verify() -> 'violations', '[]', 'the books are in order');
set constraints all immediate;
select * from finish();
rollback;
