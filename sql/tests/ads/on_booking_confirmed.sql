begin;
select plan(11);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.create_campaign('lake'), tests.create_campaign('hill');
create function pg_temp.won() returns setof text language sql as $$
  select concat_ws(' ', c.event_id, c.conversion_value, (select i.metadata ->> 'who' from lodging.booking_intents as i where i.id = c.booking_id))
  from ads.ads_clicks as c where c.converted order by c.event_id
$$;
create function pg_temp.book(p_name text, p_unit text, p_night integer) returns void language plpgsql as $$
begin
  perform tests.hold(p_name, p_unit, p_night);
  update lodging.booking_intents set metadata = metadata || jsonb_build_object('who', p_name) where id = (tests.intent(p_name)).id;
  perform tests.pay_stay(p_name);
end $$;
create function pg_temp.confirm(p_name text) returns void language plpgsql as $$
begin
  perform tests.host_says(p_name, 'lodging.commit_booking', jsonb_build_object('host_booking_id', 'H' || (tests.intent(p_name)).id));
end $$;

select tests.click('lake', 'ana', 'c1'), tests.click('hill', 'ana', 'c2'), tests.click('lake', 'bia', 'c3'), tests.click('lake', 'dora', 'c4');

select tests.hold('ana', 'family', 10);
select is_empty('select pg_temp.won()', 'a hold is no booking');
select pg_temp.book('bia', 'family', 10);
select is_empty('select pg_temp.won()', 'nor is one that the Host does not know');
select pg_temp.confirm('bia');
select results_eq('select pg_temp.won()', array['c3 45000 bia'], 'a confirmed booking was won by the click of its session');

select pg_temp.book('carla', 'family', 10), pg_temp.confirm('carla');
select results_eq('select pg_temp.won()', array['c3 45000 bia'], 'one without a click by none');

select pg_temp.book('ana', 'family', 10), pg_temp.confirm('ana');
select results_eq('select pg_temp.won()', array['c2 45000 ana', 'c3 45000 bia'], 'of two clicks the last one wins it');

select pg_temp.book('bia', 'family', 20), pg_temp.confirm('bia');
select results_eq('select pg_temp.won()', array['c2 45000 ana', 'c3 45000 bia'], 'a click wins one booking');
select tests.click('lake', 'bia', 'c5');
select ads.on_booking_confirmed((tests.intent('bia')).id::text);
select results_eq('select pg_temp.won()', array['c2 45000 ana', 'c3 45000 bia', 'c5 45000 bia'], 'the next one may win the next');
select tests.click('lake', 'bia', 'c6');
select ads.on_booking_confirmed((tests.intent('bia')).id::text);
select results_eq('select pg_temp.won()', array['c2 45000 ana', 'c3 45000 bia', 'c5 45000 bia'], 'a booking is won once');

select tests.freeze_time('2030-05-31 12:00+00');
select pg_temp.book('dora', 'double', 10), pg_temp.confirm('dora');
select results_eq('select pg_temp.won()', array['c2 45000 ana', 'c3 45000 bia', 'c5 45000 bia'], 'thirty days after a click it is forgotten');
select throws_ok($$update ads.ads_clicks set converted = true where event_id = 'c4'$$, '23514', null, 'a click has not won without a booking');
select throws_ok($$update ads.ads_clicks set converted = true, conversion_value = 1, booking_id = (tests.intent('ana')).id where event_id = 'c4'$$, '23505', null,
  'and no two have won the same');

select * from finish();
rollback;
