begin;
select plan(40);

select tests.create_lodging();
select tests.create_city('FLN'), tests.create_payee('owner');
insert into lodging.property_owners (id, city_code, email) values (tests.id('owner'), 'URB', 'owner@test.com');
update lodging.properties_map as p set payee_id = tests.id('owner') where p.id = tests.id('house');

-- A guest who books a family room for one night, in so many nights, and is known to the Host.
create function pg_temp.book(name text, night integer) returns uuid language plpgsql as $$
begin
  perform tests.as_anon();
  perform tests.hold(book.name, 'family', book.night, 1);
  reset role;
  perform tests.pay_stay(book.name);
  perform lodging.confirm_reservation(tests.stay(book.name), 'H-' || book.name);
  return (tests.stay(book.name)).id;
end $$;
create function pg_temp.cancel(name text, force boolean default false) returns jsonb language sql as $$
  select api.cancel_reservation((tests.stay(cancel.name)).id, tests.session(cancel.name), 'ill', cancel.force)
$$;
create function pg_temp.now_is(moment text) returns void language sql as $$ select tests.freeze_time(now_is.moment::timestamptz) $$;

-- lodging.refund_terms: moderate is all until 48 hours before 14:00 local time, half after
select pg_temp.book('ana', 10);
create function pg_temp.terms(hours numeric, name text default 'ana') returns integer language plpgsql as $$
declare
  v_percentage integer;
begin
  perform tests.freeze_time(((tests.stay(terms.name)).check_in + time '14:00') at time zone 'America/Sao_Paulo' - terms.hours * interval '1 hour');
  select t.percentage into v_percentage from lodging.refund_terms(tests.stay(terms.name)) as t;
  perform tests.unfreeze_time();
  return v_percentage;
end $$;
select is(pg_temp.terms(48), 100, 'on the hour everything is refunded');
select is(pg_temp.terms(47.999), 50, 'a moment later half');
select is(pg_temp.terms(-3), 50, 'also once the guest could have come');
create function pg_temp.sold_under(name text, terms jsonb) returns void language sql as $$
  update payments.orders as o set policy_snapshot = o.policy_snapshot || sold_under.terms where o.id = (tests.stay(sold_under.name)).id
$$;
select pg_temp.sold_under('ana', '{"policy_type": "flexible", "free_cancellation_hours": 24, "refund_percentage_after": 0}');
select is(array[pg_temp.terms(24), pg_temp.terms(23.9)], array[100, 0], 'flexible: all until a day before');
select pg_temp.sold_under('ana', '{"policy_type": "strict", "free_cancellation_hours": 168, "refund_percentage_before": 50}');
select is(array[pg_temp.terms(168), pg_temp.terms(167)], array[50, 0], 'strict: half until a week before');
select pg_temp.sold_under('ana', '{"policy_type": "non_refundable", "free_cancellation_hours": null, "refund_percentage_before": null, "refund_percentage_after": null}');
select is(array[pg_temp.terms(1000), pg_temp.terms(1)], array[0, 0], 'non-refundable: nothing, ever');
-- the clocks of New York go forward on 2027-03-14 at 2:00: of the 48 hours before 14:00 that day one is missing
update payments.orders as o set policy_snapshot = o.policy_snapshot || '{"timezone": "America/New_York", "free_cancellation_hours": 48, "refund_percentage_before": 100, "refund_percentage_after": 50}'
where o.id = (tests.stay('ana')).id;
create function pg_temp.spring(moment text) returns integer language plpgsql as $$
declare
  v_reservation lodging.reservations := tests.stay('ana');
  v_percentage integer;
begin
  v_reservation.check_in := '2027-03-14';
  perform tests.freeze_time(spring.moment::timestamptz);
  select t.percentage into v_percentage from lodging.refund_terms(v_reservation) as t;
  perform tests.unfreeze_time();
  return v_percentage;
end $$;
select is(pg_temp.spring('2027-03-12 13:00 America/New_York'), 100, '48 hours before 14:00 it was 13:00 two days earlier');
select is(pg_temp.spring('2027-03-12 13:01 America/New_York'), 50, 'and not 14:00');

-- lodging.require_may_cancel
select pg_temp.book('bia', 10);
select tests.as_anon();
select tests.throws_code($$select api.cancel_reservation(p_session_id => tests.session('bia'))$$, 'MISSING_REQUIRED_FIELD', 'a cancellation names the stay');
select tests.throws_code($$select api.cancel_reservation((tests.stay('bia')).id, tests.session('ana'))$$, 'NOT_FOUND', 'a guest cannot cancel another guest''s stay');
select tests.throws_code($$select pg_temp.cancel('bia', true)$$, 'UNAUTHORIZED', 'nor force his own');
select tests.throws_code($$select api.cancel_reservation((tests.stay('bia')).id, tests.session('bia'), repeat('x', 501))$$, 'INVALID_PARAMETER', 'a reason is short');
select tests.as_staff('agent', 'FLN');
select tests.throws_code($$select api.cancel_reservation((tests.stay('bia')).id)$$, 'NOT_FOUND', 'an agent of another city sees no such stay');
select tests.as_staff('agent', 'URB');
select tests.throws_code($$select api.cancel_reservation((tests.stay('bia')).id, p_force => true)$$, 'FORBIDDEN', 'an agent does not force');

-- a guest, in time
select tests.as_anon();
select is(pg_temp.cancel('bia') - 'reservation_id',
  '{"status": "cancelled", "refund_eligible": true, "refund_amount": 15000, "refund_percentage": 100, "cancellation_policy": "moderate"}',
  'a guest cancels in time');
select is(pg_temp.cancel('bia') ->> 'refund_amount', '15000', 'the same again gets the same answer');
reset role;
select is((select count(*) from payments.refunds as f where f.booking_id = (tests.stay('bia')).id), 1::bigint, 'and no second refund');
select is((tests.stay('bia')).status, 'refund_pending', 'the money is on its way');
select is((tests.stay('bia')).cancellation_reason, 'ill', 'the reason is kept');
select is((select count(*) from core.outbox as o where o.topic = 'lodging.cancel_booking' and o.booking_id = (tests.stay('bia')).id), 1::bigint, 'the Host is told');
select is((select string_agg(n.template_code, ' ' order by n.template_code) from notifications.notification_outbox as n where n.booking_id = (tests.stay('bia')).id and n.template_code like '%cancel%'),
  'booking_cancelled cancellation_notice', 'guest and owner are told');
select is(tests.nights('family', 10, 1), '1/0', 'the night is free again');
select is((select count(*) from payments.payouts as p where p.booking_id = (tests.stay('bia')).id), 0::bigint, 'nobody is paid for it');
select tests.refund_says('bia', 'succeeded');
select is((tests.stay('bia')).status, 'refunded', 'then it is refunded');
select tests.as_staff('agent', 'URB');
select tests.throws_code($$select api.cancel_reservation((tests.stay('bia')).id)$$, 'CANCELLATION_NOT_ALLOWED', 'nobody else cancels what is cancelled');
reset role;

-- lodging.end_stay: too late for all
select pg_temp.book('cid', 1);
select pg_temp.sold_under('cid', '{"refund_percentage_after": 33}');
select payments.request_refund((tests.stay_payment('cid')).id, 50, 'customer_request', null, 'goodwill', null);
select tests.as_staff('agent', 'URB');
select is(api.cancel_reservation((tests.stay('cid')).id) ->> 'refund_amount', '4934', 'of what is left of the payment a part is refunded, half a unit up');
reset role;
select results_eq($$select p.net_amount, p.commission_amount, p.status::text from payments.payouts as p where p.booking_id = (tests.stay('cid')).id$$,
  $$values (8514::bigint, 1502::bigint, 'pending')$$, 'the rest falls due to the owner, less the commission on it');
select is(ledger.booking_balance((tests.stay('cid')).id, 'customer_deposits'), 0::bigint, 'no deposit is left');
select is((tests.stay('cid')).status, 'refund_pending', 'the stay tells of the refund');

-- nothing to refund
select pg_temp.book('dora', 5);
select pg_temp.sold_under('dora', '{"policy_type": "non_refundable", "refund_percentage_before": 0, "refund_percentage_after": 0}');
select tests.as_anon();
select is(pg_temp.cancel('dora') - 'reservation_id',
  '{"status": "rejected", "refund_eligible": false, "refund_amount": 0, "refund_percentage": 0, "cancellation_policy": "non_refundable"}',
  'without a refund there is no cancellation');
reset role;
select is((tests.stay('dora')).status, 'confirmed', 'the stay goes on');
select is((select count(*) from audit.audit_logs as l where l.event_type = 'reservation.cancellation_rejected' and l.entity_id = (tests.stay('dora')).id), 1::bigint, 'and it is known that somebody asked');
select tests.as_staff('supervisor', 'URB');
select is(api.cancel_reservation((tests.stay('dora')).id, p_force => true) ->> 'status', 'cancelled', 'unless a supervisor forces it');
reset role;
select results_eq($$select r.status::text, r.payout_id is not null from tests.stay('dora') as r$$, $$values ('cancelled', true)$$, 'then all goes to the owner');

-- before the Host has answered
select tests.as_anon();
select tests.hold('eva', 'family', 20, 1);
reset role;
select tests.pay_stay('eva');
select tests.as_anon();
select is(pg_temp.cancel('eva') ->> 'status', 'cancelled', 'nobody needs to wait for the Host');
reset role;
select is((select string_agg(o.topic || ' ' || o.status, ', ' order by o.seq) from core.outbox as o where o.booking_id = (tests.stay('eva')).id and o.topic like 'lodging%'),
  'lodging.commit_booking cancelled, lodging.cancel_booking pending', 'who is not asked any more');

-- a guest who has arrived, a payment in dispute
select pg_temp.book('fred', 30);
select lodging.on_host_event('checkin.completed', '{"host_booking_id": "H-fred"}');
select tests.as_staff('supervisor', 'URB');
select tests.throws_code($$select api.cancel_reservation((tests.stay('fred')).id, p_force => true)$$, 'CANCELLATION_NOT_ALLOWED', 'who has arrived stays');
reset role;
select pg_temp.book('gil', 31);
insert into payments.disputes (payment_id, booking_id, city_code, gateway_dispute_id, amount, currency)
select p.id, p.booking_id, p.city_code, 'du_gil', p.amount, p.currency from tests.stay_payment('gil') as p;
select tests.throws_code($$select pg_temp.cancel('gil')$$, 'DISPUTE_OPEN', 'a disputed payment is not refunded beside the dispute');

select is_empty('select tests.wrong_nights()', 'every counter is what the intents and reservations say');
select ok((ledger.verify() -> 'ok')::boolean, 'the books are in order');
select * from finish();
rollback;
