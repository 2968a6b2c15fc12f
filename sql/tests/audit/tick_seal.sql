begin;
select plan(3);

select is(audit.tick_seal(1), 0, 'nothing to do');
select audit.record('thing.seen', 'thing', core.new_id(), null) from generate_series(1, 150);
select audit.mark();
select is(audit.tick_seal(1), 100, 'a row of work is a hundred records');
select is(audit.tick_seal(1), 50, 'up to the mark');

select * from finish();
rollback;
