begin;
select plan(3);

select tests.create_lodging();
select is(lodging.gauges(), '{"holds": 0, "holds_overdue": 0, "host_commits_pending": 0}', 'at first there is nothing to watch');

select tests.as_anon(tests.session('ana'));
select tests.hold('ana');
reset role;
select is(lodging.gauges(), '{"holds": 1, "holds_overdue": 0, "host_commits_pending": 0}', 'a hold is counted');

select tests.freeze_time(clock_timestamp() + interval '16 minutes');
select is(lodging.gauges() -> 'holds_overdue', '1', 'past its time it is overdue until it is swept');

select * from finish();
rollback;
