begin;
select plan(7);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_city('URB');
select tests.create_campaign('first', '{"ends_at": "2030-05-02 00:00+00"}'), tests.create_campaign('second', '{"ends_at": "2030-05-03 00:00+00"}'),
  tests.create_campaign('draft', '{"ends_at": "2030-05-02 00:00+00", "status": "draft"}'), tests.create_campaign('endless');
update ads.ads_campaigns set status = 'paused' where id = tests.id('second');
create function pg_temp.statuses() returns text language sql as
  $$select string_agg(c.name || ' ' || c.status, ', ' order by c.name) from ads.ads_campaigns as c$$;

-- clients
select tests.as_anon();
select throws_ok($$select api.tick('ads.complete_campaigns')$$, '42501', null, 'a guest runs no jobs');

-- the system
select tests.authenticate_as_service_role();
select is(api.tick('ads.complete_campaigns') ->> 'done', '0', 'within its time a campaign is left alone');
select tests.freeze_time('2030-05-03 00:00+00');
select is(api.tick('ads.complete_campaigns', 1) ->> 'done', '1', 'at most the limit is dealt with');
reset role;
select is(pg_temp.statuses(), 'draft draft, endless active, first completed, second paused', 'oldest first');
select is(ads.tick_complete_campaigns(10), 1, 'then the rest');
select is(pg_temp.statuses(), 'draft draft, endless active, first completed, second completed', 'also what is paused; a draft was never begun');
select tests.throws_code($$update ads.ads_campaigns set status = 'active' where name = 'first'$$, 'INVALID_TRANSITION', 'what is over stays over');

select * from finish();
rollback;
