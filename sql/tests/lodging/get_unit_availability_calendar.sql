begin;
select plan(11);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
update lodging.availability_calendar set is_blocked = true, block_reason = 'paint' where unit_id = tests.id('double') and date = '2030-05-03';
update lodging.availability_calendar set block_reason = 'was paint', discounted_price = 9000, min_stay = 2 where unit_id = tests.id('double') and date = '2030-05-04';
update lodging.availability_calendar set is_available = false where unit_id = tests.id('double') and date = '2030-05-05';
create function pg_temp.calendar(p_start date, p_end date) returns jsonb language sql as $$
  select api.get_unit_availability_calendar(tests.id('double'), tests.id('house'), p_start, p_end)
$$;
create function pg_temp.available(p_start date, p_end date) returns text language sql as $$
  select string_agg(left(d ->> 'is_available', 1), '' order by d ->> 'date') from jsonb_array_elements(pg_temp.calendar(p_start, p_end) -> 'dates') as d
$$;

-- a guest
select tests.as_anon();
select tests.hold('ana', 'double', 7, 2);
select is(pg_temp.calendar('2030-05-02', '2030-05-04'), jsonb_build_object('unit_id', tests.id('double'), 'dates', '[
  {"date": "2030-05-02", "is_available": true, "is_blocked": false, "base_price": 10000, "min_stay": 1, "allotment": 1, "bookings_count": 0},
  {"date": "2030-05-03", "is_available": false, "is_blocked": true, "block_reason": "paint", "base_price": 10000, "min_stay": 1, "allotment": 1, "bookings_count": 0},
  {"date": "2030-05-04", "is_available": true, "is_blocked": false, "base_price": 10000, "discounted_price": 9000, "min_stay": 2, "allotment": 1, "bookings_count": 0}
]'::jsonb), 'both ends are shown, and what there is to say of each night');
select is(pg_temp.available('2030-05-05', '2030-05-10'), 'fttfft', 'what is switched off or held cannot be booked');
select is(jsonb_array_length(pg_temp.calendar('2030-04-01', '2030-05-01') -> 'dates'), 1, 'nights without a row are left out');
select tests.freeze_time('2030-05-02 12:00+00');
select is(pg_temp.available('2030-05-01', '2030-05-02'), 'ft', 'yesterday cannot be booked');
select tests.throws_code($$select pg_temp.calendar('2030-05-02', '2030-05-01')$$, 'INVALID_PARAMETER', 'time goes forward');
select tests.throws_code($$select pg_temp.calendar('2030-05-02', '2031-06-01')$$, 'INVALID_PARAMETER', 'by a year at most');
select tests.throws_code($$select pg_temp.calendar('-infinity', 'infinity')$$, 'INVALID_PARAMETER', 'not for ever');
select tests.throws_code($$select pg_temp.calendar('5874897-12-31', '5874897-12-30')$$, 'INVALID_PARAMETER', 'nor to its end');
select tests.throws_code($$select pg_temp.calendar(null, '2031-06-01')$$, 'MISSING_REQUIRED_FIELD');
select tests.throws_code($$select api.get_unit_availability_calendar(tests.id('double'), tests.id('x'), '2030-05-02', '2030-05-03')$$, 'NOT_FOUND', 'unit and property must agree');
reset role;
update lodging.properties_map set is_published = false;
select tests.as_anon();
select tests.throws_code($$select pg_temp.calendar('2030-05-02', '2030-05-03')$$, 'NOT_FOUND', 'what is not published has no calendar');

reset role;
select * from finish();
rollback;
