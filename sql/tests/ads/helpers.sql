begin;
select plan(13);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.create_campaign('lake', '{"budget": 100, "starts_at": "2030-05-01 12:00+00", "ends_at": "2030-05-09 00:00+00"}'), tests.create_campaign('endless');
create function pg_temp.campaign(p_name text) returns ads.ads_campaigns language sql as $$select c from ads.ads_campaigns as c where c.id = tests.id(p_name)$$;

select is(ads.is_running(pg_temp.campaign('lake')), true, 'a campaign runs from its start');
select is(ads.is_running(pg_temp.campaign('endless')), true, 'or always, without a schedule');
select tests.freeze_time('2030-05-09 00:00+00');
select is(ads.is_running(pg_temp.campaign('lake')), false, 'until its end');

select ads.count_on_day(pg_temp.campaign('lake'), 1, 1, 12.5), ads.count_on_day(pg_temp.campaign('lake'), 2, 0, 0);
select tests.freeze_time('2030-05-10 12:00+00');
select ads.count_on_day(pg_temp.campaign('lake'), 0, 1, 7.5);
select results_eq('select d.day, d.impressions, d.clicks, d.cost from ads.campaign_days as d order by d.day',
  $$values ('2030-05-08'::date, 3, 1, 12.5), ('2030-05-10'::date, 0, 1, 7.5)$$, 'what a campaign has adds up, day by day');
select is(ads.budget_left(pg_temp.campaign('lake')), 80.0, 'a budget is less all that was spent');
update ads.ads_campaigns set budget_type = 'daily' where id = tests.id('lake');
select is(ads.budget_left(pg_temp.campaign('lake')), 92.5, 'one for each day less what was spent today');
select is(ads.budget_left(pg_temp.campaign('endless')), null, 'without a budget there is no end of it');

select is((ads.require_campaign(tests.id('lake'))).name, 'lake', 'a campaign is found');
select tests.throws_code($$select ads.require_campaign(tests.id('pond'))$$, 'NOT_FOUND', 'if there is one');
select is((ads.read_visitor(tests.session('ana'), null, null, 'e1')).event_id, 'e1', 'an event has the id it was given');
select matches((ads.read_visitor(tests.session('ana'), null, null, null)).event_id, '^[0-9a-f-]{36}$', 'or one of its own');
select tests.throws_code($$select ads.read_visitor('short', null, null, null)$$, 'INVALID_PARAMETER', 'a session id is as everywhere');
select tests.throws_code($$select ads.read_visitor(tests.session('ana'), null, repeat('/', 2001), null)$$, 'INVALID_PARAMETER', 'a path is not endless');

select * from finish();
rollback;
