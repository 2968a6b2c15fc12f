begin;
select plan(4);

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

select * from finish();
rollback;
