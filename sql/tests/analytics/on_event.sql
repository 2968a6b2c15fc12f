begin;
select plan(22);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
create function pg_temp.told(p_name text) returns setof text language sql as $$
  select e.event_name from analytics.funnel_events as e where e.booking_intent_id = (tests.intent(p_name)).id order by e.created_at
$$;
create function pg_temp.last(p_name text, p_event text) returns analytics.funnel_events language sql as $$
  select e from analytics.funnel_events as e
  where e.booking_intent_id = (tests.intent(p_name)).id and e.event_name = p_event order by e.created_at desc limit 1
$$;
create function pg_temp.fails(p_name text, p_charge text) returns void language sql as $$
  select payments.record_attempt(
    tests.stay_payment(p_name), p_charge, 'failed', '{"code": "card_declined", "decline_code": "lost_card"}', core.now());
$$;

-- a stay that goes well, after a card that was declined
select api.create_booking_intent(
  p_session_id => tests.session('ana'), p_city_code => 'URB', p_property_id => tests.id('house'), p_unit_id => tests.id('double'),
  p_check_in => tests.night(10), p_check_out => tests.night(13), p_guests => '{"adults": 2}', p_source => 'news', p_utm_medium => 'mail',
  p_utm_campaign => repeat('may', 30));
select results_eq(
  $$select e.event_name, e.city_code, e.property_id, e.unit_id, e.reservation_id, e.session_id, e.utm_source, e.utm_medium, e.utm_campaign,
      e.event_data, e.event_timestamp
    from analytics.funnel_events as e where e.booking_intent_id = (tests.intent('ana')).id$$,
  $$values ('booking_intent_created', 'URB', tests.id('house'), tests.id('double'), null::uuid,
    access.analytics_session(access.session_hash(tests.session('ana'))), 'news', 'mail', repeat('may', 30),
    '{"total_amount": 30000, "currency": "BRL"}'::jsonb, core.now())$$,
  'an intent is told with its session, attribution and price');
select tests.start_stay('ana'); select pg_temp.fails('ana', 'ch_1'); select pg_temp.fails('ana', 'ch_2');
select is((pg_temp.last('ana', 'payment_started')).event_data, '{"payment_method": "stripe_card"}', 'the start of a payment says by which method');
select is((pg_temp.last('ana', 'payment_failed')).event_data,
  '{"payment_method": "stripe_card", "failure_code": "lost_card", "retry_count": 1}', 'each try that failed says why, and which it was');
select tests.start_stay('ana'); select tests.stripe_says('ana', 'succeeded'); select tests.stripe_says('ana', 'succeeded');
select is((pg_temp.last('ana', 'payment_succeeded')).payment_id, (tests.stay_payment('ana')).id, 'success names the payment');
select is((pg_temp.last('ana', 'payment_succeeded')).event_data - 'processing_time',
  '{"payment_method": "stripe_card", "amount": 30000, "currency": "BRL"}', 'its method and amount');
select cmp_ok(((pg_temp.last('ana', 'payment_succeeded')).event_data ->> 'processing_time')::numeric, '>', 0::numeric, 'and how long it took');
select tests.host_says('ana', 'lodging.commit_booking', null, true);
select tests.freeze_time('2030-05-01 12:01+00');
select tests.host_says('ana', 'lodging.commit_booking', '{"host_booking_id": "H1"}');
select is((pg_temp.last('ana', 'host_commit_started')).event_data, '{"attempt": 2}', 'each call of the Host is counted');
select is((pg_temp.last('ana', 'host_commit_succeeded')).event_data, '{"host_booking_id": "H1"}', 'its answer is kept');
select is((pg_temp.last('ana', 'reservation_confirmed')).event_data,
  jsonb_build_object('confirmation_code', (tests.stay('ana')).confirmation_code, 'total_amount', 30000, 'currency', 'BRL'), 'a confirmation has its code');
select lodging.advance_stay(tests.stay('ana'), 'completed');
select is((pg_temp.last('ana', 'checkout_completed')).reservation_id, (tests.stay('ana')).id, 'a departure is of a reservation');
select results_eq($$select pg_temp.told('ana')$$, array[
  'booking_intent_created', 'payment_started', 'payment_failed', 'payment_failed', 'payment_started', 'payment_succeeded',
  'host_commit_started', 'host_commit_started', 'host_commit_succeeded', 'reservation_confirmed', 'checkout_completed'],
  'each is told once, in order, and a try that follows a failure is a start');

-- a stay that is cancelled
select tests.hold('bia', 'family'); select tests.pay_stay('bia'); select tests.host_says('bia', 'lodging.commit_booking', '{"host_booking_id": "H2"}');
select set_config('reserve.test_now', '2030-05-01 13:00+00', true);
select api.cancel_reservation((tests.stay('bia')).id, tests.session('bia'), 'rain');
select is((pg_temp.last('bia', 'refund_initiated')).event_data - 'refund_id', '{"amount": 45000, "currency": "BRL", "reason": "cancellation_policy"}', 'a refund says what and why');
select is((pg_temp.last('bia', 'reservation_cancelled')).id, null, 'a cancellation is told when it is complete');
set constraints all immediate;
select is((pg_temp.last('bia', 'reservation_cancelled')).event_data, '{"reason": "rain", "refund_amount": 45000, "currency": "BRL"}', 'with its reason and what goes back');
select tests.refund_says('bia', 'succeeded'); select tests.refund_says('bia', 'succeeded');
select is((pg_temp.last('bia', 'refund_succeeded')).event_data,
  (select jsonb_build_object('refund_id', f.id, 'gateway_refund_id', 're_' || f.id, 'amount', 45000, 'currency', 'BRL')
   from payments.refunds as f where f.booking_id = (tests.stay('bia')).id), 'a refund that arrived has the provider''s id');
select is((select count(*) from pg_temp.told('bia') as t (event) where t.event like 'refund%'), 2::bigint, 'and is told once');

-- stays that the Host refuses, or does not answer for; one that is cancelled while the Host is asked has not been refused
select tests.hold('carla', 'family'); select tests.pay_stay('carla'); select tests.host_says('carla', 'lodging.commit_booking', null);
select is((pg_temp.last('carla', 'host_commit_failed')).event_data, '{"error_code": "no_availability", "will_refund": true}', 'a refusal has the Host''s code');
select tests.hold('dora', 'family'); select tests.pay_stay('dora');
select lodging.time_out_reservation((tests.intent('dora')).id);
select is((pg_temp.last('dora', 'host_commit_failed')).event_data, '{"error_code": "no_answer", "will_refund": true}', 'silence has one of ours');
select tests.hold('eve', 'family', 20); select tests.pay_stay('eve');
select api.cancel_reservation((tests.stay('eve')).id, tests.session('eve'));
select is_empty($$select from pg_temp.told('eve') as t (event) where t.event like 'host%'$$, 'calling off is no refusal');

-- nothing else
select lives_ok($$select analytics.on_event('{"event": "moon_rose", "id": null}')$$, 'what is no event of the funnel is passed over');
select is((select count(*) from analytics.events), (select count(*) from analytics.funnel_events), 'all of these are events of the database');
select tests.as_anon();
select throws_ok($$select analytics.on_event('{}')$$, '42501', null, 'clients announce nothing');
select * from finish();
rollback;
