begin;
select plan(17);

select tests.freeze_time('2030-05-02 01:00+00');
select tests.create_lodging();
select tests.create_campaign('lake'), tests.create_campaign('draft', '{"status": "draft"}');
create function pg_temp.see(p_event text, p_campaign text default 'lake', p_slot uuid default null, p_property uuid default null, p_visitor text default 'v1')
returns uuid language sql volatile as $$
  select (api.track_ad_impression(tests.id(p_campaign), p_slot, tests.session('ana'), p_visitor, p_property, '/', 99.5, p_event) ->> 'impression_id')::uuid
$$;

-- everybody
select tests.as_anon();
select matches(api.track_ad_impression(tests.id('lake'), p_session_id => tests.session('bia'))::text,
  '^{"success": true, "impression_id": "[0-9a-f-]{36}"}$', 'an impression is told by its campaign and session');
select is(pg_temp.see('e1'), pg_temp.see('e1'), 'the same event is the same impression');
select isnt(pg_temp.see('e1'), pg_temp.see('e2', p_slot => tests.slot(), p_property => tests.id('house')), 'another is another');
select tests.throws_code($$select api.track_ad_impression(tests.id('lake'), p_session_id => tests.session('eve'), p_event_id => 'e1')$$, 'IDEMPOTENCY_CONFLICT',
  'nobody takes over another''s event');
select tests.throws_code($$select api.track_ad_impression(tests.id('lake'))$$, 'MISSING_REQUIRED_FIELD', 'a session is needed');
select tests.throws_code($$select api.track_ad_impression(p_session_id => tests.session('ana'))$$, 'MISSING_REQUIRED_FIELD', 'and a campaign');
select tests.throws_code($$select pg_temp.see('e3', 'pond')$$, 'NOT_FOUND', 'which must exist');
select tests.throws_code($$select pg_temp.see('e3', 'draft')$$, 'NOT_FOUND', 'and have been shown');
select tests.throws_code($$select pg_temp.see('e3', p_slot => tests.id('sidebar'))$$, 'INVALID_PARAMETER', 'a slot must be that of the campaign');
select tests.throws_code($$select pg_temp.see('e3', p_property => tests.id('barn'))$$, 'INVALID_PARAMETER', 'a property one of the city');
select tests.throws_code($$select pg_temp.see(repeat('e', 101))$$, 'INVALID_PARAMETER', 'an event id is short');
select tests.throws_code($$select pg_temp.see('e3', p_visitor => '')$$, 'INVALID_PARAMETER', 'a visitor id is not empty');
select throws_ok('select from ads.ads_impressions', '42501', null, 'nobody reads what others have seen');
reset role;

-- the rows
select results_eq(
  $$select i.city_code, i.slot_id, i.page_path, i.property_id, i.visitor_id, i.cost, i.created_at from ads.ads_impressions as i where i.event_id = 'e2'$$,
  $$values ('URB', tests.slot(), '/', tests.id('house'), 'v1', 0::numeric, core.now())$$, 'city and slot are the campaign''s, and what a client says of costs is not believed');
select is(
  (select array_agg(distinct i.session_id order by i.session_id) from ads.ads_impressions as i),
  (select array_agg(access.analytics_session(access.session_hash(tests.session(s.name))) order by 1) from unnest(array['ana', 'bia']) as s (name)),
  'sessions are kept as analytics know them');
select is_empty(
  $$select from ads.ads_impressions as i where i.session_id in (tests.session('ana'), access.session_hash(tests.session('ana')))$$,
  'which is no proof of who they are');
select results_eq('select d.campaign_id, d.day, d.impressions, d.clicks, d.cost from ads.campaign_days as d',
  $$values (tests.id('lake'), '2030-05-01'::date, 3, 0, 0::numeric)$$, 'each is counted once, on the city''s day');

select * from finish();
rollback;
