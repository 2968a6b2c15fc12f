begin;
select plan(3);

select is(ledger.tick_snapshot(100), 0, 'nothing to add up');
select tests.create_paid_order('stay', 'card', 1000, 150);
select audit.mark();
select is(ledger.tick_snapshot(100), 0, 'a few transactions are not worth a snapshot');
update core.settings set value = '1' where key = 'ledger_snapshot_transactions';
select is(ledger.tick_snapshot(100), 1, 'as many as the setting says are');

select * from finish();
rollback;
