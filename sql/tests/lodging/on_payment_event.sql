begin;
select plan(36);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();

-- paying takes time
select tests.hold('ana', traveler => '{"first_name": "Ana", "email": "ana@mail.example"}');
select tests.freeze_time('2030-05-01 12:10+00');
select tests.start_stay('ana');
select results_eq($$select (tests.intent('ana')).status::text, (tests.intent('ana')).expires_at$$,
  $$values ('payment_pending', '2030-05-01 12:40+00'::timestamptz)$$, 'who begins to pay has half an hour');
select tests.freeze_time('2030-05-01 12:30+00');
select tests.start_stay('ana');
select is((tests.intent('ana')).expires_at, '2030-05-01 12:40+00', 'beginning again does not prolong it');
select tests.stripe_says('ana', 'processing');
select is((tests.intent('ana')).status, 'payment_pending', 'while the bank thinks, nothing changes');

-- an attempt fails
select payments.tell_line(tests.stay_payment('ana'), 'failed');
select results_eq($$select (tests.intent('ana')).status::text, tests.nights('double', 10, 3)$$,
  $$values ('payment_pending', '0/1 0/1 0/1')$$, 'a failed attempt loses nothing');

select is(lodging.on_payment_event((tests.intent('ana')).id, 'cancelled', (tests.stay_payment('ana')).id), 'accepted', 'nor does one that is called off');

-- money comes
select tests.stripe_says('ana', 'succeeded');
select results_eq(
  $$select i.status::text, i.reservation_id = i.id, i.converted_at, i.holds_inventory from tests.intent('ana') as i$$,
  $$values ('converted', true, '2030-05-01 12:30+00'::timestamptz, false)$$, 'a payment turns the intent into a reservation with its id');
select results_eq(
  $$select r.status::text, r.payment_status::text, r.host_commit_status, r.total_amount, r.commission_rate, r.commission_amount,
      r.check_in, r.check_out, r.guests_adults, r.source::text from tests.stay('ana') as r$$,
  $$values ('host_commit_pending', 'paid', 'pending', 30000::bigint, 0.1500, 4500::bigint, '2030-05-11'::date, '2030-05-14'::date, 2, 'direct')$$,
  'the reservation has what was agreed');
select matches((tests.stay('ana')).confirmation_code, '^RES-2030-[0-9A-HJKMNP-TV-Z]{6}$', 'and a code to tell on the telephone');
select is(tests.nights('double', 10, 3), '1/0 1/0 1/0', 'its holds have become bookings');
select results_eq(
  $$select o.queue_key, o.payload - 'confirmation_code' from core.outbox as o where o.topic = 'lodging.commit_booking'$$,
  $$select 'reservation:' || id, jsonb_build_object(
      'reservation_id', id, 'host_property_id', 'host-house', 'host_unit_id', 'host-double', 'check_in', '2030-05-11', 'check_out', '2030-05-14',
      'guests', '{"adults": 2, "children": 0, "infants": 0}'::jsonb, 'total_amount', 30000, 'currency', 'BRL',
      'guest', jsonb_build_object('first_name', 'Ana', 'last_name', confirmation_code, 'email', 'ana@mail.example', 'phone', null))
    from tests.stay('ana')$$, 'the Host is to be told all it needs');
select tests.stripe_says('ana', 'succeeded');
select is((select count(*) from core.outbox where topic = 'lodging.commit_booking'), 1::bigint, 'once, however often the provider tells');
select tests.throws_code($$select tests.start_stay('ana')$$, 'PAYMENT_ALREADY_PROCESSED', 'what is paid cannot be paid again');

-- a method that the property does not take
update lodging.properties_map set payment_methods = '{stripe_pix}';
select tests.hold('bia', 'family');
select tests.throws_code($$select tests.start_stay('bia')$$, 'INVALID_PARAMETER', 'a property may refuse cards');
update lodging.properties_map set payment_methods = null;

-- too late to begin
select tests.freeze_time('2030-05-01 12:45+00');
select tests.throws_code($$select tests.start_stay('bia')$$, 'BOOKING_INTENT_EXPIRED', 'past its time an intent cannot be paid');
select tests.freeze_time('2030-05-01 12:44:59+00');
select lives_ok($$select tests.start_stay('bia')$$, 'in its last second it can');
select is((tests.intent('bia')).expires_at, '2030-05-01 13:14:59+00', 'forty-five minutes after its creation at the latest');

-- past its time but not swept: still held
select tests.freeze_time('2030-05-01 14:00+00');
select tests.stripe_says('bia', 'succeeded');
select is((tests.stay('bia')).status, 'host_commit_pending', 'money for nights still held makes the reservation, whatever the clock says');

-- late, and the nights are free
select tests.hold('carla', 'double', 20);
select tests.start_stay('carla');
select tests.freeze_time('2030-05-01 15:00+00');
select lodging.tick_expire_holds(10);
select is(tests.nights('double', 20, 3), '0/0 0/0 0/0', 'an expired intent holds nothing');
select tests.stripe_says('carla', 'succeeded');
select results_eq($$select (tests.intent('carla')).status::text, (tests.stay('carla')).status::text, tests.nights('double', 20, 3)$$,
  $$values ('converted', 'host_commit_pending', '1/0 1/0 1/0')$$, 'a late payment claims the nights again');

-- late, after the guest gave up
select tests.hold('dora', 'double', 30);
select tests.start_stay('dora');
select api.cancel_booking_intent((tests.intent('dora')).id, tests.session('dora'));
select tests.stripe_says('dora', 'succeeded');
select is((tests.stay('dora')).status, 'host_commit_pending', 'a payment that was on its way when the guest cancelled counts as well');

-- late, and somebody else was faster
select tests.hold('eva', 'double', 40, traveler => '{"email": "eva@mail.example"}');
select tests.start_stay('eva');
select tests.freeze_time('2030-05-01 16:00+00');
select tests.hold('fay', 'double', 42);
select is((tests.intent('eva')).status, 'expired', 'an overdue hold gives way');
select tests.stripe_says('eva', 'succeeded');
select is((tests.stay('eva')).id, null, 'nights that are taken are not sold twice');
select is(tests.nights('double', 40, 5), '0/0 0/0 0/1 0/1 0/1', 'nor any of them touched');
select results_eq($$select f.amount, f.reason::text, f.status::text from payments.refunds as f where f.booking_id = (tests.intent('eva')).id$$,
  $$values (30000::bigint, 'admin_override', 'pending')$$, 'the money goes back in full');
select is(api.poll_payment_status((tests.intent('eva')).id, tests.session('eva')) - 'booking_intent_id',
  '{"status": "expired", "payment_status": "succeeded", "payment_method": "stripe_card",
    "error_message": "The payment came when the nights were no longer free; it is refunded in full."}', 'the guest can see why');
select results_eq($$select n.template_code, n.recipient_email from notifications.notification_outbox as n where n.booking_id = (tests.intent('eva')).id$$,
  $$values ('refund_notice', 'eva@mail.example')$$, 'and is told');
select tests.refund_says('eva', 'succeeded');
select is((tests.stay_payment('eva')).status, 'refunded', 'the refund settles without a reservation');

-- late, behind another overdue hold
select tests.hold('gil', 'double', 50);
select tests.start_stay('gil');
select api.cancel_booking_intent((tests.intent('gil')).id, tests.session('gil'));
select tests.hold('hal', 'double', 50);
select tests.freeze_time('2030-05-01 16:20+00');
select tests.stripe_says('gil', 'succeeded');
select results_eq($$select (tests.stay('gil')).status::text, (tests.intent('hal')).status::text$$,
  $$values ('host_commit_pending', 'expired')$$, 'a late payment comes before a hold past its time');

-- late for a stay that has begun
select tests.hold('ivo', 'family', 0, 3);
select tests.start_stay('ivo');
select tests.freeze_time('2030-05-02 16:20+00');
select lodging.tick_expire_holds(10);
select tests.stripe_says('ivo', 'succeeded');
select is((tests.stay('ivo')).id, null, 'a stay that should have begun yesterday is not sold');

-- money that does not fit
select tests.hold('joe', 'family', 5);
select tests.start_stay('joe');
update lodging.booking_intents set base_price = 1, total_amount = 1 where id = (tests.intent('joe')).id;
select tests.stripe_says('joe', 'succeeded');
select is((tests.stay('joe')).id, null, 'a payment of another amount makes no reservation');
select is((select count(*) from core.exceptions where kind = 'payment_does_not_match' and booking_id = (tests.intent('joe')).id), 1::bigint, 'a person must look at it');
select is((tests.stay_payment('joe')).status, 'refund_pending', 'and the money goes back');

-- money twice
select tests.hold('kim', 'family', 12);
select tests.pay_stay('kim');
insert into payments.payments (booking_id, city_code, method, provider, amount, currency)
  select p.booking_id, p.city_code, 'stripe_checkout', 'stripe', p.amount, p.currency from tests.stay_payment('kim') as p;
select tests.stripe_says('kim', 'succeeded');
select results_eq($$select p.is_surplus, p.status::text from tests.stay_payment('kim') as p$$, $$values (true, 'refund_pending')$$,
  'a second payment goes back');
select tests.refund_says('kim', 'succeeded');
select results_eq($$select (tests.stay('kim')).status::text, (tests.stay('kim')).payment_status::text, tests.nights('family', 12, 1)$$,
  $$values ('host_commit_pending', 'paid', '1/0')$$, 'and the reservation stays');

select is_empty('select tests.wrong_nights()', 'every counter is what the intents and reservations say');
select is(ledger.verify() -> 'violations', '[]', 'the books are in order');
set constraints all immediate;
select * from finish();
rollback;
