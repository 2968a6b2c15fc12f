begin;
select plan(22);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.create_campaign('lake', '{"cpc_bid": 12.5, "budget": 42}'), tests.create_campaign('hill', '{"cpc_bid": null}'),
  tests.create_campaign('draft', '{"status": "draft"}');

-- everybody
select tests.as_anon();
select matches(api.track_ad_click(tests.id('lake'), p_session_id => tests.session('ana'), p_cost => 0)::text,
  '^{"success": true, "click_id": "[0-9a-f-]{36}", "redirect_url": "https://ads.example/lake"}$', 'a click leads where the campaign says');
select is(tests.click('lake', 'bia', 'e1'), 12.5, 'it costs the bid, whatever the client says');
select is(tests.click('lake', 'bia', 'e1'), 12.5, 'the same event is the same click');
select tests.throws_code($$select tests.click('lake', 'eve', 'e1')$$, 'IDEMPOTENCY_CONFLICT', 'nobody takes over another''s event');
select tests.throws_code($$select tests.click('hill', 'bia', 'e1')$$, 'IDEMPOTENCY_CONFLICT', 'or another campaign''s');
select tests.throws_code($$select api.track_ad_click(tests.id('lake'))$$, 'MISSING_REQUIRED_FIELD', 'a session is needed');
select tests.throws_code($$select api.track_ad_click(p_session_id => tests.session('ana'))$$, 'MISSING_REQUIRED_FIELD', 'and a campaign');
select tests.throws_code($$select tests.click('pond', 'ana')$$, 'NOT_FOUND', 'which must exist');
select tests.throws_code($$select tests.click('draft', 'ana')$$, 'NOT_FOUND', 'and have been shown');
select tests.throws_code($$select tests.click('lake', 'ana', '')$$, 'INVALID_PARAMETER', 'an event id is not empty');
select throws_ok('select from ads.ads_clicks', '42501', null, 'nobody reads what others have clicked');

-- what was seen first
create temporary table seen as select api.track_ad_impression(tests.id('lake'), p_session_id => tests.session('ana')) ->> 'impression_id' as id;
select tests.throws_code(format($$select api.track_ad_click(tests.id('hill'), %L, tests.session('ana'))$$, (select s.id from seen as s)), 'INVALID_PARAMETER',
  'the impression must be one of the campaign');
create temporary table clicked as select api.track_ad_click(tests.id('lake'), (s.id)::uuid, tests.session('hal')) ->> 'click_id' as id from seen as s;
reset role;
select is((select c.impression_id::text from ads.ads_clicks as c where c.id::text = (select k.id from clicked as k)), (select s.id from seen as s),
  'which is kept with the click');

-- the budget
select is(tests.click('lake', 'carla'), 4.5, 'at the end of the budget a click costs what is left');
select is(tests.click('lake', 'dora'), 0.0, 'and then nothing');
select is((select sum(c.cost) from ads.ads_clicks as c where c.campaign_id = tests.id('lake')), 42.0, 'all that was spent is the budget');
select is(tests.click('hill', 'dora'), 0.0, 'a campaign without a bid pays nothing');
select results_eq('select d.campaign_id, d.day, d.impressions, d.clicks, d.cost from ads.campaign_days as d order by d.cost desc',
  $$values (tests.id('lake'), '2030-05-01'::date, 1, 5, 42.0), (tests.id('hill'), '2030-05-01'::date, 0, 1, 0.0)$$, 'as the days of the campaigns say');
update ads.ads_campaigns set budget_type = 'daily' where id = tests.id('lake');
select is(tests.click('lake', 'eva'), 0.0, 'what is spent for today is spent');
select tests.freeze_time('2030-05-02 12:00+00');
select is(tests.click('lake', 'eva'), 12.5, 'a daily budget is there again tomorrow');

-- a campaign that does not run
update ads.ads_campaigns set status = 'paused' where id = tests.id('lake');
select is(tests.click('lake', 'fay'), 0.0, 'a click on an old page is kept, and costs nothing');
update ads.ads_campaigns set status = 'active', ends_at = core.now() where id = tests.id('lake');
select is(tests.click('lake', 'gil'), 0.0, 'nor does one after the end');

select * from finish();
rollback;
