begin;
select plan(6);

select tests.create_paid_order('stay', 'card', 1000, 150);
select ok(audit.mark(), 'what was written can be marked');
select results_eq(
  'select audit_seq, ledger_seq from audit.marks',
  'select max(l.seq), max(t.seq) from audit.audit_logs as l, ledger.ledger_transactions as t',
  'a mark is the last place of the log and of the books');
select ok(not audit.mark(), 'where nothing is new there is nothing to mark');
select audit.record('thing.seen', 'thing', core.new_id(), null);
select ok(audit.mark(), 'a row of the log is enough');
select is((select count(distinct ledger_seq) from audit.marks), 1::bigint, 'the place in the books is then the same');

select tests.rls_enabled('audit', 'marks');

select * from finish();
rollback;
