begin;
select plan(27);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
update lodging.availability_calendar set allotment = 9;
select tests.create_supabase_user('gil'), tests.create_supabase_user('hal');
create function pg_temp.stay(p_name text, p_status text) returns void language plpgsql as $$
begin
  perform tests.hold(p_name, 'family', 10);
  perform tests.pay_stay(p_name);
  perform tests.host_says(p_name, 'lodging.commit_booking', jsonb_build_object('host_booking_id', 'H ' || p_name));
  perform lodging.advance_stay(tests.stay(p_name), p_status::lodging.reservation_status);
end $$;
create function pg_temp.review(p_name text, p_rating integer default 4, p_content text default 'Quiet.', p_title text default null,
  p_value integer default null, p_session text default null)
returns jsonb language sql volatile as $$
  select api.submit_review((tests.intent(p_name)).id, p_rating, p_content, p_title, p_value_rating => p_value,
    p_session_id => coalesce(p_session, tests.session(p_name)))
$$;
select pg_temp.stay('ana', 'checked_out'), pg_temp.stay('bia', 'checked_in');
select tests.authenticate_as('gil');
select tests.hold('gil', 'family', 10);
reset role;
select tests.pay_stay('gil'), tests.host_says('gil', 'lodging.commit_booking', '{"host_booking_id": "H gil"}');
select lodging.advance_stay(tests.stay('gil'), 'paid_out');

-- guests
select tests.as_anon();
select is(pg_temp.review('ana', 4, ' Quiet. ', ' ', 5) - 'review_id', '{"is_published": false}', 'who has stayed may say how it was');
select is(pg_temp.review('ana', 4, 'Quiet.', null, 5), pg_temp.review('ana', 4, 'Quiet.', null, 5), 'saying it again changes nothing');
select tests.throws_code($$select pg_temp.review('ana', 5, 'Quiet.', null, 5)$$, 'REVIEW_NOT_ALLOWED', 'saying something else is too late');
select tests.throws_code($$select pg_temp.review('bia')$$, 'REVIEW_NOT_ALLOWED', 'who is still there has to leave first');
select tests.throws_code($$select pg_temp.review('ana', p_session => tests.session('eve'))$$, 'NOT_FOUND', 'nobody speaks for another guest');
select tests.throws_code($$select api.submit_review(tests.id('none'), 4, 'Quiet.', p_session_id => tests.session('ana'))$$, 'NOT_FOUND', 'or of a stay that never was');
select tests.throws_code($$select api.submit_review(p_overall_rating => 4, p_content => 'x')$$, 'MISSING_REQUIRED_FIELD', 'a stay is needed');
select tests.throws_code($$select pg_temp.review('ana', null)$$, 'MISSING_REQUIRED_FIELD', 'and points');
select tests.throws_code($$select pg_temp.review('ana', 4, null)$$, 'MISSING_REQUIRED_FIELD', 'and words');
select tests.throws_code($$select pg_temp.review('ana', 4, '  ')$$, 'MISSING_REQUIRED_FIELD', 'that are more than blanks');
select tests.throws_code($$select pg_temp.review('ana', 0)$$, 'INVALID_PARAMETER', 'no points are too few');
select tests.throws_code($$select pg_temp.review('ana', 4, p_value => 6)$$, 'INVALID_PARAMETER', 'six are too many, for any side of a stay');
select tests.throws_code($$select pg_temp.review('ana', 4, repeat('x', 5001))$$, 'INVALID_PARAMETER', 'a review is no novel');
select tests.throws_code($$select pg_temp.review('ana', 4, 'x', repeat('x', 201))$$, 'INVALID_PARAMETER', 'nor is its title');

-- customers
select tests.authenticate_as('hal');
select tests.throws_code($$select api.submit_review((tests.intent('gil')).id, 1, 'Bad.')$$, 'NOT_FOUND', 'a customer speaks for nobody else');
select tests.authenticate_as('gil');
select is(api.submit_review((tests.intent('gil')).id, 1, 'Bad.') ->> 'is_published', 'false', 'but for herself, long after the stay, too');
reset role;

-- the row
select results_eq(
  $$select r.city_code, r.property_id, r.traveler_id, r.overall_rating, r.value_rating, r.title, r.content, r.is_verified, r.stay_date, r.room_type
    from lodging.reviews as r where r.reservation_id = (tests.intent('ana')).id$$,
  $$values ('URB', tests.id('house'), (tests.stay('ana')).traveler_id, 4, 5, null::text, 'Quiet.', true, '2030-05-11'::date, 'family')$$,
  'a review says of which stay it is, which is proven');
select results_eq($$select p.rating, p.review_count from lodging.properties_map as p$$, $$values (4.50, 10)$$, 'it does not count while it is not published');

-- who reads it
select tests.as_anon();
select is_empty('select from api.reviews', 'others do not see it yet');
select tests.as_anon(tests.session('ana'));
select results_eq('select r.content from api.reviews as r', array['Quiet.'], 'its guest does');
select tests.authenticate_as('gil');
select results_eq('select r.content from api.reviews as r', array['Bad.'], 'or its customer');
select tests.as_staff('agent', 'URB');
select results_eq('select r.content from api.reviews as r order by 1', array['Bad.', 'Quiet.'], 'staff of the city see all of them');
select tests.as_staff('agent', 'ALL');
select is_empty('select from api.reviews', 'not those of another city');
reset role;

-- an invitation
select pg_temp.stay('dora', 'checked_out');
update lodging.reservations set status = 'completed' where id = (tests.intent('dora')).id;
insert into lodging.review_invitations (city_code, reservation_id, traveler_id, property_id)
select 'URB', r.id, r.traveler_id, r.property_id from lodging.reservations as r where r.id in ((tests.intent('dora')).id, (tests.intent('ana')).id);
update lodging.reservations set status = 'refund_pending' where id = (tests.intent('dora')).id;
select is(lodging.has_stayed(tests.stay('dora')), true, 'who was asked has stayed, also where the money went back');
select is(lodging.has_stayed(tests.stay('bia')), false, 'who is there has not');
select is(pg_temp.review('dora', 2) ->> 'is_published', 'false', 'and may say why');
select results_eq(
  'select v.completed_at, v.review_id from lodging.review_invitations as v where v.review_id is not null',
  $$select core.now(), r.id from lodging.reviews as r where r.reservation_id = (tests.intent('dora')).id$$, 'the invitation is answered');

select * from finish();
rollback;
