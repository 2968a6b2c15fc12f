begin;
select plan(7);

-- lodging.remind_of_checkin
select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
create function pg_temp.book(p_name text, p_first integer, p_email text) returns void language plpgsql as $$
begin
  perform tests.hold(p_name, 'family', p_first, traveler => jsonb_build_object('first_name', p_name, 'email', p_email));
  perform tests.pay_stay(p_name);
  perform tests.host_says(p_name, 'lodging.commit_booking', jsonb_build_object('host_booking_id', p_name));
end $$;
create function pg_temp.reminded() returns setof text language sql as
  $$select n.recipient_email from notifications.notification_outbox as n where n.template_code = 'checkin_reminder' order by 1$$;
select pg_temp.book('ana', 10, 'ana@mail.example'), pg_temp.book('bia', 11, 'bia@mail.example'), pg_temp.book('carla', 10, 'carla@mail.example');
update lodging.travelers set email = null where id = (tests.stay('carla')).traveler_id;

select tests.freeze_time('2030-05-10 16:59+00');
select is(lodging.tick_remind_of_checkin(10), 0, 'a day before check-in, by the city''s clock');
select tests.freeze_time('2030-05-10 17:00+00');
select is(lodging.tick_remind_of_checkin(10), 1, 'a guest is reminded');
select results_eq('select pg_temp.reminded()', array['ana@mail.example'], 'if there is an address');
select is(lodging.tick_remind_of_checkin(10), 0, 'once');

update lodging.reservations set booked_at = '2030-05-12 09:00+00' where id = (tests.stay('bia')).id;
select tests.freeze_time('2030-05-12 10:00+00');
select is(lodging.tick_remind_of_checkin(10), 0, 'who booked later than that is not told again');
update lodging.reservations set booked_at = '2030-05-01 12:00+00' where id = (tests.stay('bia')).id;
insert into core.settings (key, city_code, value) values ('lodging.checkin_reminder_hours', 'URB', '6');
select is(lodging.tick_remind_of_checkin(10), 0, 'how long before is a setting of the city');
select tests.freeze_time('2030-05-12 17:00+00');
select is(lodging.tick_remind_of_checkin(10), 0, 'after the time of check-in it is too late');

select * from finish();
rollback;
