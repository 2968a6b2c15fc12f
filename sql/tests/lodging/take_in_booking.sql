begin;
select plan(44);
select tests.create_lodging();

-- What the Host tells of a booking that another channel sold: two nights of a family room, from the tenth on.
create function pg_temp.tell(event text, name text, changes jsonb default '{}') returns text language plpgsql as $$
declare
  v_answer text := lodging.on_host_event(tell.event, jsonb_build_object(
    'host_booking_id', 'H-' || tell.name, 'reservation_id', null, 'host_property_id', 'host-house', 'host_unit_id', 'host-family',
    'source', 'airbnb', 'status', 'confirmed', 'check_in', tests.night(10), 'check_out', tests.night(12),
    'guests', '{"adults": 3, "children": 1, "infants": 0}'::jsonb, 'total_amount', 40000, 'currency', 'BRL',
    'guest', '{"first_name": "Wanda", "last_name": "Elsewhere", "email": " Wanda@Guest.example ", "phone": null}'::jsonb,
    'updated_at', '2027-01-01T10:00:00Z') || tell.changes);
begin
  set constraints all immediate;
  return v_answer;
end $$;
create function pg_temp.stay(name text) returns lodging.reservations language sql as $$
  select r from lodging.reservations as r where r.host_booking_id = 'H-' || stay.name
$$;

-- made
select is(pg_temp.tell('booking.created', 'wanda'), null, 'a booking of another channel is taken in');
select results_eq($$select r.status::text, r.source::text, r.host_commit_status, r.payment_status::text, r.total_amount, r.commission_amount, r.guests_adults
  from pg_temp.stay('wanda') as r$$, $$values ('confirmed', 'airbnb', 'committed', 'pending', 40000::bigint, 0::bigint, 3)$$, 'as a confirmed reservation');
select matches((pg_temp.stay('wanda')).confirmation_code, '^RES-', 'with a code of its own');
select is((select t.email from lodging.travelers as t where t.id = (pg_temp.stay('wanda')).traveler_id), 'wanda@guest.example', 'and its traveler');
select results_eq($$select o.amount, o.customer_subject, o.session_hash, o.attribution ->> 'channel' from payments.orders as o where o.id = (pg_temp.stay('wanda')).id$$,
  $$values (0::bigint, null::text, null::text, 'airbnb')$$, 'nobody owes anything for it');
select is(tests.nights('family', 9, 4), '0/0 1/0 1/0 0/0', 'its nights are sold');
select is(pg_temp.tell('booking.created', 'wanda'), null, 'an echo');
select is((select count(*) from lodging.reservations as r), 1::bigint, 'doubles nothing');
select is_empty('select from core.outbox', 'nothing is sent to the Host');
select is_empty('select from notifications.notification_outbox', 'nor to the guest, who is the channel''s');
select is((pg_temp.tell('booking.created', 'desk', '{"source": "front desk", "guest": {"email": "nonsense"}, "guests": {}}') is null)::text || (pg_temp.stay('desk')).source, 'trueother_ota',
  'a channel without a name is another one');

-- found
select results_eq($$select b ->> 'status', b ->> 'intent_status', b ->> 'total_amount', b ->> 'guests' from jsonb_array_elements(lodging.support_booking('wanda@guest.example')) as b$$,
  $$values ('confirmed', null, '40000', '4')$$, 'support finds it by the address of who stays');
select is(lodging.support_booking((pg_temp.stay('desk')).confirmation_code) -> 0 ->> 'unit_name', 'Family', 'and by its code');

-- nonsense
select tests.throws_code($$select pg_temp.tell('booking.created', 'bad', '{"host_unit_id": "nobody"}')$$, 'NOT_FOUND', 'a unit we do not know fails, and is tried again');
select tests.throws_code($$select pg_temp.tell('booking.created', 'bad', '{"check_in": null}')$$, 'MISSING_REQUIRED_FIELD', 'a stay has dates');
select throws_ok($$select pg_temp.tell('booking.created', 'bad', '{"check_in": "soon"}')$$, '22007', null, 'which are dates');
select throws_ok($$select pg_temp.tell('booking.created', 'bad', jsonb_build_object('check_out', tests.night(10)))$$, '23514', null, 'in their order');

select tests.throws_code($$select lodging.take_in_booking('{}')$$, 'MISSING_REQUIRED_FIELD', 'and are told');

-- moved
select lives_ok($$select lodging.move_by_host(pg_temp.stay('wanda'), '{}')$$, 'news without dates');
select is((pg_temp.stay('wanda')).check_in, tests.night(10), 'move nothing');
select is(pg_temp.tell('booking.updated', 'wanda', jsonb_build_object('check_in', tests.night(11), 'check_out', tests.night(14), 'updated_at', '2027-01-02T10:00:00Z')), null, 'the booking is moved');
select is(tests.nights('family', 9, 6), '0/0 1/0 2/0 1/0 1/0 0/0', 'and its nights with it');
select is(pg_temp.tell('booking.updated', 'wanda', '{"updated_at": "2027-01-01T12:00:00Z"}'), 'older news than what was applied', 'older news that come late');
select is((pg_temp.stay('wanda')).check_in, tests.night(11), 'change nothing');
select is(pg_temp.tell('booking.updated', 'desk', '{"host_unit_id": "host-double", "updated_at": "2027-01-02T10:00:00Z"}'), null, 'a booking may change its unit');
select is(tests.nights('family', 10, 2) || ' ' || tests.nights('double', 10, 2), '0/0 1/0 1/0 1/0', 'the nights of both units follow');
select is_empty($$select from core.exceptions$$, 'so far nobody need look');

select lodging.add_host_nights(tests.id('double'), tests.night(20), tests.night(22)), lodging.change_nights(tests.id('double'), tests.night(20), tests.night(22), 0, -1);
select is(tests.nights('double', 20, 3), '0/0 0/0 0/0', 'what is added can be taken back');

-- oversold there
select is(pg_temp.tell('booking.created', 'third', '{"host_unit_id": "host-double"}'), null, 'the Host sells a room twice');
select results_eq($$select c.bookings_count, c.allotment, c.overcommitted from lodging.availability_calendar as c where c.unit_id = tests.id('double') and c.date = tests.night(10)$$,
  $$values (2, 1, 1)$$, 'which is counted');
select is((select x.detail -> 'nights' -> 0 ->> 'sold' from core.exceptions as x where x.kind = 'overcommitted'), '2', 'and goes before a person');
select is(pg_temp.tell('booking.created', 'far', jsonb_build_object('check_in', tests.night(100), 'check_out', tests.night(101))), null, 'a night that we do not know yet');
select results_eq($$select c.bookings_count, c.allotment, c.is_available from lodging.availability_calendar as c where c.date = tests.night(100)$$, $$values (1, 0, false)$$,
  'is counted, and not for sale');

-- cancelled, by its channel alone
select tests.as_staff('supervisor', 'URB');
select tests.throws_code(format($$select api.cancel_reservation(%L, p_force => true)$$, (select r.id from api.reservations as r order by r.check_in desc limit 1)), 'CANCELLATION_NOT_ALLOWED',
  'not even a supervisor cancels what another channel sold');
reset role;
select is(pg_temp.tell('booking.cancelled', 'third'), null, 'the channel cancels');
select is((pg_temp.stay('third')).status, 'cancelled', 'the stay is cancelled, and no refund is waited for');
select is(tests.nights('double', 10, 2), '1/0 1/0', 'the nights are free');
select is((select sum(c.overcommitted) from lodging.availability_calendar as c where c.unit_id = tests.id('double')), 0::bigint, 'and no longer oversold');
select is(pg_temp.tell('booking.cancelled', 'early') || '', null, 'a cancellation that comes first');
select is(pg_temp.tell('booking.created', 'early') || (pg_temp.stay('early')).status::text, null, 'is not undone by what it cancels');
select is((pg_temp.stay('early')).status, 'cancelled', 'the stay stays cancelled');

-- lived through
select pg_temp.tell('checkin.completed', 'wanda'), pg_temp.tell('checkout.completed', 'wanda');
update core.settings set value = '0' where key = 'lodging.completion_hours';
select lodging.tick_complete_stays(10), lodging.tick_start_checkins(10), lodging.tick_remind_of_checkin(10), lodging.tick_invite_reviews(10);
select results_eq($$select r.status::text, r.payout_eligible_at from pg_temp.stay('wanda') as r$$, $$values ('completed', null::timestamptz)$$, 'a stay is completed, and nobody is paid for it');
select is_empty('select from ledger.ledger_entries', 'the books do not know of it');
select is_empty('select from tests.wrong_nights()', 'every night is counted once');

select * from finish();
rollback;
