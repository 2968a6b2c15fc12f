begin;
select plan(27);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
create function pg_temp.why(p_first integer, p_nights integer) returns jsonb language sql as $$
  select api.explain_unavailable(tests.id('double'), tests.night(p_first), tests.night(p_first + p_nights)) -> 'rules'
$$;
-- What the function says, and whether a guest can book and a search finds the unit: they must agree.
create function pg_temp.agrees(p_first integer, p_nights integer) returns boolean language plpgsql as $$
declare
  v_is_free constant boolean := pg_temp.why(p_first, p_nights) = '[]';
  v_is_found boolean;
  v_is_booked boolean;
begin
  v_is_found := jsonb_path_exists(api.search_availability('URB', tests.night(p_first), tests.night(p_first + p_nights), '{"adults": 2}'), '$.properties[*]');
  begin
    perform tests.hold('try', 'double', p_first, p_nights);
    v_is_booked := true;
    raise exception 'undo';
  exception when others then
    v_is_booked := coalesce(v_is_booked, false);
  end;
  return v_is_free = v_is_found and v_is_free = v_is_booked;
end $$;
update lodging.unit_map set is_active = false where id = tests.id('family');
create function pg_temp.set_nights(p_first integer, p_nights integer, p_change text) returns void language plpgsql as $$
begin
  execute format('update lodging.availability_calendar set %s where unit_id = %L and date >= %L and date < %L',
    p_change, tests.id('double'), tests.night(p_first), tests.night(p_first + p_nights));
end $$;

-- a guest
select tests.as_anon();
select is(api.explain_unavailable(tests.id('double'), '2030-05-11', '2030-05-14'),
  jsonb_build_object('unit_id', tests.id('double'), 'available', true, 'rules', '[]'::jsonb), 'a free unit breaks no rule');
select ok(pg_temp.agrees(10, 3), 'and can be found and booked');

reset role;
select pg_temp.set_nights(12, 1, 'closed_to_arrival = true');
select pg_temp.set_nights(14, 1, 'closed_to_departure = true');
select pg_temp.set_nights(16, 1, 'min_stay = 3, max_stay = 4');
select pg_temp.set_nights(22, 1, 'min_stay_through = 2, max_stay_through = 5');
select pg_temp.set_nights(30, 1, 'is_available = false');
select pg_temp.set_nights(31, 1, $$is_blocked = true, block_reason = 'paint'$$);
select pg_temp.set_nights(34, 1, 'temp_holds = 1');
select pg_temp.set_nights(36, 1, 'bookings_count = 1');
select pg_temp.set_nights(38, 1, 'allotment = 0');
delete from lodging.availability_calendar where date = tests.night(42);
select tests.as_anon();
select is(pg_temp.why(c.first, c.nights), c.rules::jsonb, c.says)
from (values
  (12, 2, '[{"rule": "closed_to_arrival", "date": "2030-05-13"}, {"rule": "closed_to_departure", "date": "2030-05-15"}]', 'arrival and departure may be closed'),
  (11, 2, '[]', 'a night closed to arrival may be passed'),
  (13, 2, '[]', 'so may a day closed to departure'),
  (16, 2, '[{"rule": "min_stay", "date": "2030-05-17", "limit": 3}]', 'who arrives must stay long enough'),
  (16, 5, '[{"rule": "max_stay", "date": "2030-05-17", "limit": 4}]', 'and not too long'),
  (15, 2, '[]', 'who passes need not'),
  (22, 1, '[{"rule": "min_stay_through", "date": "2030-05-23", "limit": 2}]', 'some nights are sold only within longer stays'),
  (20, 6, '[{"rule": "max_stay_through", "date": "2030-05-23", "limit": 5}]', 'or within shorter ones'),
  (29, 3, '[{"rule": "closed", "date": "2030-05-31"}, {"rule": "closed", "date": "2030-06-01"}]', 'every closed night is named'),
  (34, 1, '[{"rule": "sold_out", "date": "2030-06-04"}]', 'a held room is sold out'),
  (36, 1, '[{"rule": "sold_out", "date": "2030-06-06"}]', 'so is a booked one'),
  (38, 1, '[{"rule": "sold_out", "date": "2030-06-08"}]', 'so is one that there is not'),
  (41, 2, '[{"rule": "not_offered", "date": "2030-06-12"}]', 'a night without a price is not offered')
) as c (first, nights, rules, says);
select ok(bool_and(pg_temp.agrees(g.first, n.nights)), 'search and booking obey the same rules, for every stay of up to six nights')
from generate_series(8, 44) as g (first) cross join generate_series(1, 6) as n (nights);

reset role;
update lodging.unit_map set min_advance_days = 10, max_advance_days = 20 where id = tests.id('double');
select tests.as_anon();
select is(pg_temp.why(9, 1), '[{"rule": "too_short_notice", "limit": 10}]', 'notice may be too short');
select is(pg_temp.why(45, 1), '[{"rule": "too_far_ahead", "limit": 20}]', 'or too long');
select ok(pg_temp.agrees(g.first, 1), 'search and booking agree ' || g.first || ' days ahead') from unnest(array[9, 10, 20, 21]) as g (first);
select tests.freeze_time('2030-05-02 02:59+00');
select is(pg_temp.why(10, 1), '[]', 'days are counted in the city: it is still the day before there');

-- errors
select tests.throws_code($$select api.explain_unavailable()$$, 'MISSING_REQUIRED_FIELD');
select tests.throws_code($$select api.explain_unavailable(tests.id('double'), '2030-06-02', '2030-06-01')$$, 'INVALID_PARAMETER');
select tests.throws_code($$select api.explain_unavailable(tests.id('nothing'), '2030-06-01', '2030-06-02')$$, 'NOT_FOUND');
reset role;
update lodging.properties_map set is_published = false;
select tests.as_anon();
select tests.throws_code($$select api.explain_unavailable(tests.id('double'), '2030-06-01', '2030-06-02')$$, 'NOT_FOUND', 'what is not published is not explained');

reset role;
select * from finish();
rollback;
