begin;
select plan(15);

-- Every rule is tried through explain_unavailable; here is what only the system can ask.
select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
create function pg_temp.broken() returns jsonb language sql as
  $$select lodging.broken_rules(tests.id('double'), tests.night(10), tests.night(12))$$;

select is(pg_temp.broken(), '[]', 'a free unit breaks no rule');
update core.cities set is_active = false where code = 'URB';
select is(pg_temp.broken(), '[{"rule": "not_on_sale"}]', 'a city may be closed');
update core.cities set is_active = true where code = 'URB';
update lodging.properties_map set is_published = false;
select is(pg_temp.broken(), '[{"rule": "not_on_sale"}]', 'or a property not published');
update lodging.properties_map set is_published = true;
update lodging.unit_map set is_active = false;
update lodging.availability_calendar set is_blocked = true, allotment = 0, min_stay = 4 where date = tests.night(11);
select is(pg_temp.broken(), '[{"rule": "not_on_sale"}, {"rule": "closed", "date": "2030-05-12"}, {"rule": "sold_out", "date": "2030-05-12"}]',
  'all that is broken is named: first what concerns the whole stay, then night by night');

-- What a rate plan says of a night comes before the calendar.
update lodging.unit_map set is_active = true;
update lodging.availability_calendar set is_blocked = false, allotment = 1, min_stay = 2, max_stay = 2, min_stay_through = 2, max_stay_through = 2;
insert into lodging.rate_plans (id, property_id, code, name) values (tests.id('plan'), tests.id('house'), 'STD', 'Standard'), (tests.id('other'), tests.id('house'), 'OTH', 'Other');
create function pg_temp.broken_in(p_plan text, p_nights integer default 2) returns text language sql as $$
  select string_agg(concat_ws(' ', r ->> 'rule', r ->> 'date', r ->> 'limit'), ', ' order by n)
  from jsonb_array_elements(lodging.broken_rules(tests.id('double'), tests.night(10), tests.night(10 + p_nights), tests.id(p_plan))) with ordinality as x (r, n)
$$;
create function pg_temp.say(p_date date, p_change text) returns void language plpgsql as $$
begin
  insert into lodging.rate_plan_prices (rate_plan_id, unit_id, date, property_id) values (tests.id('plan'), tests.id('double'), p_date, tests.id('house'));
  execute format('update lodging.rate_plan_prices set %s', p_change);
end $$;
select is(pg_temp.broken_in('plan'), null, 'a plan that says nothing has the rules of the calendar');
select is(pg_temp.broken_in(c.plan, c.nights), c.rules, c.says)
from (select pg_temp.say('2030-05-11', 'min_stay = 3, max_stay = 4')) as s
cross join (values
  ('plan', 2, 'min_stay 2030-05-11 3', 'its shortest stay counts'),
  ('plan', 3, 'max_stay_through 2030-05-11 2, max_stay_through 2030-05-12 2, max_stay_through 2030-05-13 2', 'what it leaves open is as in the calendar'),
  ('other', 2, null, 'another plan is another matter')
) as c (plan, nights, rules, says);
update lodging.rate_plan_prices set min_stay = null, max_stay = 2, min_stay_through = 1, max_stay_through = 4, closed_to_arrival = true;
select is(pg_temp.broken_in('plan', 1), 'closed_to_arrival 2030-05-11, min_stay 2030-05-11 2', 'it may close arrival, and allow shorter stays through');
update lodging.rate_plan_prices set max_stay = 9, closed_to_arrival = false, is_available = false;
select is(pg_temp.broken_in('plan', 2), 'closed 2030-05-11', 'or not sell a night at all');
update lodging.availability_calendar set closed_to_arrival = true, closed_to_departure = true;
select is(pg_temp.broken_in('other'), 'closed_to_arrival 2030-05-11, closed_to_departure 2030-05-13', 'the calendar may close both ends');
update lodging.rate_plan_prices set is_available = true;
select is(pg_temp.broken_in('plan'), 'closed_to_departure 2030-05-13', 'and the plan open arrival');
select pg_temp.say('2030-05-13', 'closed_to_departure = false');
select is(pg_temp.broken_in('plan'), null, 'and departure');
update lodging.availability_calendar set is_blocked = true where date = '2030-05-12';
select is(pg_temp.broken_in('plan'), 'closed 2030-05-12', 'but no plan sells what is blocked');
delete from lodging.availability_calendar where date = '2030-05-11';
select is(pg_temp.broken_in('plan'), 'not_offered 2030-05-11, closed 2030-05-12', 'or what the calendar does not have');

select * from finish();
rollback;
