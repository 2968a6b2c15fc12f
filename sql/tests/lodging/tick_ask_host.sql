begin;
-- lodging.tick_ask_host, lodging.ask_host, lodging.hear_of_stay, lodging.tg_reservations__end_silence
select plan(25);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
create function pg_temp.book(p_name text) returns void language plpgsql as $$
begin
  perform tests.hold(p_name, 'family', 1, 2);
  perform tests.pay_stay(p_name);
  perform tests.host_says(p_name, 'lodging.commit_booking', jsonb_build_object('host_booking_id', 'H-' || p_name));
end $$;
create function pg_temp.answer(p_name text, p_status text) returns void language sql as $$
  select tests.host_says(p_name, 'lodging.look_up_booking', jsonb_build_object('host_booking_id', 'H-' || p_name, 'status', p_status))
$$;
create function pg_temp.cases(p_name text) returns text language sql as $$
  select string_agg(coalesce(x.resolution, 'open') || ' ' || (x.detail ->> 'awaits'), ', ' order by x.opened_at)
  from core.exceptions as x where x.kind = 'stay_unreported' and x.booking_id = (tests.stay(p_name)).id
$$;
create function pg_temp.questions(p_name text) returns bigint language sql as $$
  select count(*) from core.outbox as o where o.topic = 'lodging.look_up_booking' and o.booking_id = (tests.stay(p_name)).id
$$;

-- who should have come
select pg_temp.book('ana'), pg_temp.book('bia'), pg_temp.book('cid');
select is(lodging.tick_ask_host(10), 0, 'who is not expected yet is not asked after');
select is(lodging.ask_host((tests.stay('ana')).id), false, 'nor by whoever is too early');
select tests.freeze_time('2030-05-03 16:59:59+00');
select is(lodging.tick_start_checkins(10), 3, 'the day of arrival has come and gone');
select is(lodging.tick_ask_host(10), 0, 'a guest has a day from the local time of check-in');
insert into core.settings (key, city_code, value) values ('lodging.unreported_hours', 'URB', '{"check_in": 25, "check_out": 2, "again": 24}');
select tests.freeze_time('2030-05-03 17:59:59+00');
select is(lodging.tick_ask_host(10), 0, 'or what the city grants');
select tests.freeze_time('2030-05-03 18:00+00');
select is(lodging.tick_ask_host(2), 2, 'then the Host is asked, in batches');
select is(lodging.tick_ask_host(10), 1, 'about each of them');
select is(lodging.tick_ask_host(10), 0, 'once');
select is((select o.payload from core.outbox as o where o.topic = 'lodging.look_up_booking' and o.booking_id = (tests.stay('ana')).id),
  '{"host_booking_id": "H-ana"}', 'by its own id of the booking');
select is((tests.stay('ana')).status, 'checkin_pending', 'nothing is ended before it answers');

-- its answers
select pg_temp.answer('ana', 'checked_in');
select is((tests.stay('ana')).status, 'checked_in', 'a guest who is there is there');
select is(pg_temp.cases('ana'), null, 'and no case for anybody');
select pg_temp.answer('bia', 'no_show');
select is((tests.stay('bia')).cancellation_reason, 'no_show', 'one who is known not to come is a no-show');
select pg_temp.answer('cid', 'confirmed');
select is((tests.stay('cid')).status, 'checkin_pending', 'where the Host knows no more, nothing is cancelled blindly');
select is(pg_temp.cases('cid'), 'open check-in', 'the case goes before a person');

-- as long as it says nothing
select tests.freeze_time('2030-05-04 18:00+00');
select is(lodging.tick_ask_host(10), 2, 'it is asked again, and about who should have left');
select pg_temp.answer('cid', 'confirmed');
select is(pg_temp.cases('cid'), 'open check-in', 'one case is enough');
select tests.host_says('ana', 'lodging.look_up_booking', null);
select is(pg_temp.cases('ana'), 'open check-out', 'a question that is never answered opens a case');
select is((tests.stay('ana')).status, 'checked_in', 'and nobody leaves by that');
select is((select count(*) from core.exceptions as x join core.outbox as o on o.id = (x.detail ->> 'command_id')::uuid and o.status = 'dead'), 1::bigint,
  'which names the question, to be asked again');

-- it speaks after all
select lodging.on_host_event('checkin.completed', '{"host_booking_id": "H-cid"}');
select is(pg_temp.cases('cid'), 'the stay is checked_in check-in', 'when it does the case is over');
select lodging.on_host_event('checkout.completed', '{"host_booking_id": "H-ana"}');
select is(pg_temp.cases('ana'), 'the stay is checked_out check-out', 'for departures too');
select core.retry_command(o.id) from core.outbox as o where o.topic = 'lodging.look_up_booking' and o.status = 'dead';
select pg_temp.answer('ana', 'checked_in');
select is((tests.stay('ana')).status, 'checked_out', 'an answer that comes too late changes nothing');
select is(pg_temp.questions('ana'), 2::bigint, 'and who is gone is not asked after');

select is_empty('select tests.wrong_nights()', 'every counter is what the intents and reservations say');
set constraints all immediate;
select * from finish();
rollback;
