begin;
select plan(4);

select tests.freeze_time('2026-05-01 12:00+00');
select core.idempotency_begin('pay', 'old-' || n, '{}') from generate_series(1, 3) as n;
select tests.freeze_time('2026-05-02 11:00+00');
select core.idempotency_begin('pay', 'new', '{}');
select is(core.tick_purge_idempotency_keys(10), 0, 'keys within their time stay');
select tests.freeze_time('2026-05-02 12:00+00');
select is(core.tick_purge_idempotency_keys(2), 2, 'at most the limit is deleted at once');
select is(core.tick_purge_idempotency_keys(2), 1, 'the rest next time');
select results_eq('select key from core.idempotency_keys', array['new'], 'what has not run out stays');

select * from finish();
rollback;
