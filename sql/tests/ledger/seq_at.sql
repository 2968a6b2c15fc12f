begin;
select plan(6);

create temporary table times (name text, at timestamptz);
select is(ledger.seq_at(now()), 9223372036854775807, 'in empty books every time comes after everything');
select tests.create_paid_order('stay', 'card', 1000, 150);
select ledger.record_gateway_fee(tests.id('stay'), tests.id('card'), 30, 'txn_1', '2026-02-01');
create temporary table places as select seq, created_at, row_number() over (order by seq) as n from ledger.ledger_transactions;

select is(ledger.seq_at(created_at), seq - 1, 'what is recorded at a time does not come before it') from places where n = 2;
select is(ledger.seq_at('-infinity'), seq - 1, 'nothing comes before the first') from places where n = 1;
select is(ledger.seq_at(null), null, 'no time has no place');
select audit.mark();
select is(ledger.seq_at(clock_timestamp()), 9223372036854775807, 'after the last mark nothing has come yet');
select is(ledger.seq_at(created_at), seq - 1, 'times before a mark keep their place') from places where n = 2;

select * from finish();
rollback;
