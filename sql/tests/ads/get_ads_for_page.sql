begin;
select plan(34);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
update ads.ads_slots set max_advertisers = 9 where id = tests.slot();
create function pg_temp.change(p_name text, p_terms text) returns void language plpgsql as $$
begin
  execute format('update ads.ads_campaigns set %s where id = tests.id(%L)', p_terms, p_name);
end $$;

-- everybody
select tests.as_anon();
select is(api.get_ads_for_page('URB', 'homepage_hero', 'home'), '{"slot_code": "homepage_hero", "ads": []}', 'a slot may be empty');
reset role;
select tests.create_campaign('lake', '{"description": "By the lake"}');
select tests.as_anon();
select is(
  api.get_ads_for_page('URB', 'homepage_hero', 'home'),
  jsonb_build_object('slot_code', 'homepage_hero', 'ads', jsonb_build_array(jsonb_build_object(
    'campaign_id', tests.id('lake'), 'title', 'Lake', 'description', 'By the lake', 'image_url', 'https://img.example/lake',
    'cta_text', 'Look', 'cta_url', 'https://ads.example/lake'))),
  'an ad is what is shown and where it leads, and nothing of its terms');
select tests.throws_code($$select api.get_ads_for_page('URB', 'sidebar', 'home')$$, 'NOT_FOUND', 'a slot must exist');
select tests.throws_code($$select api.get_ads_for_page('URB', 'homepage_hero', 'search')$$, 'NOT_FOUND', 'on that page');
select tests.throws_code($$select api.get_ads_for_page(null, 'homepage_hero', 'home')$$, 'MISSING_REQUIRED_FIELD', 'a city is needed');
select tests.throws_code($$select api.get_ads_for_page('URB', null, 'home')$$, 'MISSING_REQUIRED_FIELD', 'so is a slot');
select tests.throws_code($$select api.get_ads_for_page('URB', 'homepage_hero')$$, 'MISSING_REQUIRED_FIELD', 'and a page');
reset role;

-- the order
select tests.create_campaign('hill', '{"cpc_bid": 70}'), tests.create_campaign('wood', '{"cpc_bid": null}');
select is(tests.ads(), 'hill lake wood', 'the highest bid comes first, none last');
select tests.create_campaign('river', '{"cpc_bid": 70}');
select tests.see('hill', 'ana');
select is(tests.ads(), 'river hill lake wood', 'among equal bids what was seen least today');
select pg_temp.change('river', $$advertiser_id = tests.id('advertiser of lake')$$);
select is(tests.ads(), 'river hill wood', 'an advertiser is shown once');
update ads.ads_slots set max_advertisers = 2 where id = tests.slot();
select is(tests.ads(), 'river hill', 'and no more advertisers than the slot takes');
delete from ads.ads_campaigns where id in (tests.id('river'), tests.id('wood'));
update ads.ads_slots set max_advertisers = 9 where id = tests.slot();

-- the format
update ads.ads_slots set allowed_formats = '{text,carousel}' where id = tests.slot();
select is(tests.ads(), '', 'what does not fit is not shown');
select pg_temp.change('lake', $$format = 'carousel'$$);
select is(tests.ads(), 'lake', 'what fits is');
update ads.ads_slots set allowed_formats = null, is_active = false where id = tests.slot();
select is(tests.ads(), '', 'a slot that is switched off shows nothing');
update ads.ads_slots set is_active = true where id = tests.slot();

-- status and schedule
select pg_temp.change('hill', $$status = 'paused'$$);
select is(tests.ads(), 'lake', 'a paused campaign is not shown');
select tests.create_campaign('draft', '{"status": "draft"}');
select is(tests.ads(), 'lake', 'nor is a draft');
select pg_temp.change('lake', $$starts_at = '2030-05-02 00:00+00', ends_at = '2030-05-03 00:00+00'$$);
select is(tests.ads(), '', 'nothing is shown before its time');
select tests.freeze_time('2030-05-02 00:00+00');
select is(tests.ads(), 'lake', 'it is from its start');
select tests.freeze_time('2030-05-03 00:00+00');
select is(tests.ads(), '', 'until its end');
select pg_temp.change('lake', 'starts_at = null, ends_at = null');

-- properties
select pg_temp.change('lake', $$target_property_ids = array[tests.id('house')]$$);
select is(tests.ads(), '', 'what is meant for the pages of a property is shown on no other');
select is(tests.ads(property => tests.id('barn')), '', 'nor on those of another property');
select is(tests.ads(property => tests.id('house')), 'lake', 'only there');
select pg_temp.change('lake', 'target_property_ids = null');
select is(tests.ads(property => tests.id('house')), 'lake', 'without a target it is shown there, too');

-- caps; the city's day begins at 03:00 UTC
select pg_temp.change('lake', 'daily_impression_cap = 2, total_impression_cap = 3');
select tests.see('lake', 'ana'), tests.see('lake', 'bia');
select is(tests.ads(), '', 'what was seen often enough today is not shown');
select tests.freeze_time('2030-05-03 03:00+00');
select is(tests.ads(), 'lake', 'until tomorrow');
select tests.see('lake', 'ana');
select is(tests.ads(), '', 'what was seen often enough in all is not shown again');
select pg_temp.change('lake', 'daily_impression_cap = null, total_impression_cap = null');

-- budgets
select pg_temp.change('lake', $$budget = 100, budget_type = 'daily'$$);
select tests.click('lake', 'ana'), tests.click('lake', 'bia');
select is(tests.ads(), '', 'a budget that is spent for today shows nothing');
select tests.freeze_time('2030-05-04 03:00+00');
select is(tests.ads(), 'lake', 'until tomorrow');
select pg_temp.change('lake', $$budget_type = 'total'$$);
select is(tests.ads(), '', 'a budget that is spent in all shows nothing');
select pg_temp.change('lake', 'budget = 101');
select is(tests.ads(), 'lake', 'while some is left, it does');
select pg_temp.change('lake', 'budget = null');

-- who has done what the campaign is for
select pg_temp.change('lake', $$objective = 'clicks'$$);
select is(tests.ads(tests.session('ana')) || tests.ads(tests.session('carla')), 'lake', 'who has clicked what is meant to be clicked sees it no more');
select pg_temp.change('lake', $$objective = 'conversions'$$);
select is(tests.ads(tests.session('ana')), 'lake', 'who shall book sees it, also after a click');
select tests.create_order('a stay', 30000);
update ads.ads_clicks set converted = true, conversion_value = 30000, booking_id = tests.id('a stay'), visitor_id = 'v1'
where session_id = access.analytics_session(access.session_hash(tests.session('ana')));
select is(tests.ads(tests.session('ana')), '', 'until he has booked');
select is(tests.ads(visitor => 'v1'), '', 'with a session or without');

select * from finish();
rollback;
