begin;
select plan(16);

-- Ana, Bia, Carla and Dora leave on 14 May; Carla gave no address, Dora is still there.
select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
update lodging.availability_calendar set allotment = 9;
create function pg_temp.stay(p_name text, p_status text default 'checked_out') returns void language plpgsql as $$
begin
  perform tests.hold(p_name, 'family', 10, traveler => jsonb_build_object('email', p_name || '@mail.example'));
  perform tests.pay_stay(p_name);
  perform tests.host_says(p_name, 'lodging.commit_booking', jsonb_build_object('host_booking_id', 'H ' || p_name));
  perform lodging.advance_stay(tests.stay(p_name), p_status::lodging.reservation_status);
end $$;
create function pg_temp.messages() returns text language sql as $$
  select string_agg(substr(n.template_code, 8) || ' ' || split_part(n.recipient_email, '@', 1), ', ' order by 1)
  from notifications.notification_outbox as n where n.template_code like 'review%'
$$;
select pg_temp.stay('ana'), pg_temp.stay('bia'), pg_temp.stay('carla'), pg_temp.stay('dora', 'checked_in');
update lodging.travelers set email = null where id = (tests.stay('carla')).traveler_id;

-- clients
select tests.as_anon();
select throws_ok($$select api.tick('lodging.invite_reviews')$$, '42501', null, 'a guest runs no jobs');

-- the system
select tests.authenticate_as_service_role();
select tests.freeze_time('2030-05-15 02:59+00');
select is(api.tick('lodging.invite_reviews') ->> 'done', '0', 'on the day of departure nobody is asked');
select tests.freeze_time('2030-05-15 03:00+00');
select is(api.tick('lodging.invite_reviews', 1) ->> 'done', '1', 'on the next day of the city, at most the limit is');
reset role;
select is(lodging.tick_invite_reviews(10), 1, 'then the rest');
select is(pg_temp.messages(), 'invitation ana, invitation bia', 'those who have left, and can be written to');
select is(lodging.tick_invite_reviews(10), 0, 'once');
select results_eq('select v.city_code, v.property_id, v.sent_at, v.completed_at from lodging.review_invitations as v',
  $$values ('URB', tests.id('house'), core.now(), null::timestamptz), ('URB', tests.id('house'), core.now(), null)$$, 'which is kept');
select is(lodging.request_review((tests.intent('ana')).id), false, 'whoever else asks');
select api.submit_review((tests.intent('bia')).id, 5, 'Lovely.', p_session_id => tests.session('bia'));
select tests.freeze_time('2030-05-22 03:00+00');
select is(lodging.tick_invite_reviews(10), 1, 'after a week who has said nothing is reminded');
select is(pg_temp.messages(), 'invitation ana, invitation bia, reminder ana', 'and nobody else');
select tests.freeze_time('2030-05-30 03:00+00');
select is(lodging.tick_invite_reviews(10), 0, 'there is one reminder');

-- who is not asked
update lodging.reservations set status = 'checked_out' where id = (tests.intent('dora')).id;
select tests.freeze_time('2030-06-14 12:00+00');
select is(lodging.tick_invite_reviews(10), 0, 'who left a month ago is not asked any more');
select tests.freeze_time('2030-06-12 12:00+00');
update lodging.reservations set source = 'airbnb' where id = (tests.intent('dora')).id;
select is(lodging.tick_invite_reviews(10), 0, 'nor who booked elsewhere');
update lodging.reservations set source = 'direct' where id = (tests.intent('dora')).id;
insert into lodging.reviews (city_code, reservation_id, property_id, overall_rating, content) values ('URB', (tests.intent('dora')).id, tests.id('house'), 5, 'x');
select is(lodging.tick_invite_reviews(10), 0, 'nor who has said it already');
delete from lodging.reviews where reservation_id = (tests.intent('dora')).id;
select is(lodging.tick_invite_reviews(10), 1, 'everybody else is');
select is((select count(*) from core.exceptions), 0::bigint, 'and all messages could be written');

select * from finish();
rollback;
