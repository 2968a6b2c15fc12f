begin;
select plan(4);

-- Who holds the mark, as tg__wait_for_mark takes it.
create function pg_temp.holds() returns setof text language sql as $$
  select l.mode from pg_locks as l
  where l.locktype = 'advisory' and l.pid = pg_backend_pid()
    and ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended('audit.mark', 0)
$$;

select is_empty('select * from pg_temp.holds()', 'who only reads keeps no mark away');
insert into core.outbox (topic, queue_key, city_code) values ('toy.do', 'a', 'ALL');
select results_eq('select * from pg_temp.holds()', $$values ('ShareLock')$$, 'who changes what is recorded does, beside others');

select bag_eq(
  $$select t.label from tests.triggers as t join pg_trigger as g on g.oid = t.oid
    where t.function = 'tg__wait_for_mark' and g.tgtype & 1 = 0 and g.tgtype & 2 = 2 and g.tgtype & 4 = 4$$,
  array['audit.audit_logs: _100_wait_for_mark', 'ledger.ledger_transactions: _100_wait_for_mark'],
  'everything with a place in the record waits before a statement inserts');
select is_empty(
  $$select s.seqrelid::regclass from pg_sequence as s
    where s.seqcache <> 1 and s.seqrelid in (
      pg_get_serial_sequence('audit.audit_logs', 'seq')::regclass, 'ledger.ledger_transactions_seq'::regclass)$$,
  'no session keeps places in stock, which would let it slip below a mark');

select * from finish();
rollback;
