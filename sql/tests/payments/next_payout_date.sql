begin;
select plan(22);

create function pg_temp.next(terms jsonb, day date) returns date language sql as $$
  select payments.next_payout_date('{"day_of_week": 1, "day_of_month": 1}' || next.terms, next.day)
$$;

select is(pg_temp.next('{"frequency": "on_checkout"}', '2026-11-20'), '2026-11-20', 'on check-out is at once');

select is(pg_temp.next('{"frequency": "weekly"}', '2026-11-20'), '2026-11-23', 'weekly is the next Monday');
select is(pg_temp.next('{"frequency": "weekly"}', '2026-11-23'), '2026-11-23', 'which may be the same day');
select is(pg_temp.next('{"frequency": "weekly", "day_of_week": 0}', '2026-11-23'), '2026-11-29', 'day 0 is Sunday');
select is(pg_temp.next('{"frequency": "weekly", "day_of_week": 6}', '2026-11-22'), '2026-11-28', 'day 6 is Saturday');

select is(pg_temp.next('{"frequency": "biweekly", "since": "2026-11-18"}', '2026-11-18'), '2026-11-23', 'every second week begins with the first such day');
select is(pg_temp.next('{"frequency": "biweekly", "since": "2026-11-18"}', '2026-11-24'), '2026-12-07', 'and leaves one out');
select is(pg_temp.next('{"frequency": "biweekly", "since": "2026-11-18"}', '2026-12-07'), '2026-12-07', 'always');
select is(pg_temp.next('{"frequency": "biweekly", "since": "2026-11-18"}', '2027-01-05'), '2027-01-18', 'over the year''s end');
select ok(pg_temp.next('{"frequency": "biweekly"}', '2026-11-20') between '2026-11-20' and '2026-12-03', 'a city''s own begins somewhere');

select is(pg_temp.next('{"frequency": "monthly"}', '2026-11-20'), '2026-12-01', 'monthly is the first of the next month');
select is(pg_temp.next('{"frequency": "monthly", "day_of_month": 20}', '2026-11-20'), '2026-11-20', 'or a day of this one');
select is(pg_temp.next('{"frequency": "monthly", "day_of_month": 31}', '2026-11-20'), '2026-11-30', 'a day beyond the month''s end is its last');
select is(pg_temp.next('{"frequency": "monthly", "day_of_month": 31}', '2027-01-31'), '2027-01-31', 'where there is one it is that');
select is(pg_temp.next('{"frequency": "monthly", "day_of_month": 30}', '2027-02-01'), '2027-02-28', 'in February, too');
select is(pg_temp.next('{"frequency": "monthly", "day_of_month": 5}', '2026-12-10'), '2027-01-05', 'over the year''s end');

-- payments.payout_terms
select tests.create_city('URB');
insert into payments.payout_schedules (id, city_code, entity_type, entity_id, frequency, day_of_month, created_at)
values (tests.id('schedule'), 'URB', 'owner', tests.id('owner'), 'monthly', 15, '2026-11-20 12:00+00');
select is(payments.payout_terms(null, 'URB'), '{"frequency": "weekly", "day_of_week": 1, "day_of_month": 1, "min_threshold": 0, "hold_days": 0}',
  'without a schedule the setting holds');
select is(payments.payout_terms(tests.id('schedule'), 'URB') - 'since', '{"frequency": "monthly", "day_of_week": 1, "day_of_month": 15, "min_threshold": 0, "hold_days": 0}',
  'what a schedule does not say is as in the setting');
insert into core.settings (key, city_code, value) select s.key, 'URB', s.value || '{"frequency": "on_checkout"}' from core.settings as s where s.key = 'payments.payout_schedule';
select is(payments.payout_terms(null, 'URB') ->> 'frequency', 'on_checkout', 'a city may have its own');
select is(payments.payout_terms(tests.id('schedule'), 'URB') ->> 'frequency', 'monthly', 'which schedules override');
select is(payments.payout_terms(tests.id('schedule'), 'URB') ->> 'since', '2026-11-20', 'they hold from their first day');
update payments.payout_schedules as s set is_active = false;
select is(payments.payout_terms(tests.id('schedule'), 'URB') ->> 'frequency', 'on_checkout', 'one that is not active does not');

select * from finish();
rollback;
