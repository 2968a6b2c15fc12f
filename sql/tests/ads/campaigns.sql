-- What the tables themselves refuse.
begin;
select plan(12);

select tests.create_lodging();
select tests.create_city('SAO');
select throws_ok($$select tests.create_campaign('lake', '{"city_code": "SAO"}')$$, '23503', null, 'a campaign runs in a slot of its own city');
select throws_ok($$select tests.create_campaign('lake', '{"starts_at": "2030-05-02", "ends_at": "2030-05-02"}')$$, '23514', null, 'it ends after it begins');
select throws_ok($$select tests.create_campaign('lake', '{"cta_url": null}')$$, '23514', null, 'what runs leads somewhere');
select throws_ok($$select tests.create_campaign('lake', '{"cta_url": "javascript:alert(1)"}')$$, '23514', null, 'by a link');
select throws_ok($$select tests.create_campaign('lake', '{"cta_url": "//evil.example"}')$$, '23514', null, 'which says whether it leads off the site');
select lives_ok($$select tests.create_campaign('path', '{"cta_url": "/pousadas/lake"}')$$, 'a path on the site is one');
select throws_ok($$select tests.create_campaign('lake', '{"budget": -1}')$$, '23514', null, 'no budget is negative');
select throws_ok($$select tests.create_campaign('lake', '{"cpc_bid": -1}')$$, '23514', null, 'nor a bid');
select throws_ok($$select tests.create_campaign('lake', '{"format": "video"}')$$, '23514', null, 'formats are known');
select throws_ok($$update ads.ads_slots set allowed_formats = '{video}'$$, '23514', null, 'those of a slot, too');
select tests.throws_code($$insert into ads.ads_campaigns (city_code, name, advertiser_id, slot_id, cta_url, status) values ('URB', 'x', tests.id('x'), tests.slot(), '/', 'active')$$,
  'INVALID_TRANSITION', 'a campaign begins as a draft');
select isnt_empty($$select from audit.audit_logs where event_type = 'campaign.updated' and entity_id = tests.id('path')$$, 'and what becomes of it is recorded');

select * from finish();
rollback;
