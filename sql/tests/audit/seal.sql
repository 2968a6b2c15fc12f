begin;
select plan(12);

select is(audit.seal(100), 0, 'without a mark there is nothing to seal');
select tests.create_paid_order('stay', 'card', 1000, 150);
select tests.create_paid_order('elsewhere', 'other card', 70, city => 'RIO');
select audit.record('thing.seen', 'thing', core.new_id(), null);
create temporary table marked as select city_code, seq from audit.audit_logs;
select audit.mark();
select audit.record('thing.seen', 'thing', core.new_id(), null);

select is(audit.seal(100), (select count(*)::integer + 2 from marked), 'rows and transactions are sealed up to the mark');
select results_eq(
  'select city_code, number, source, cardinality(seqs) from audit.seals order by city_code, number',
  $$select city_code, 1::bigint, 'audit_logs', count(*)::integer from (select coalesce(city_code, 'ALL') as city_code from marked) as m
      group by city_code
    union all select city, 2, 'ledger_transactions', 1 from unnest(array['RIO', 'URB']) as city
    order by 1, 2$$,
  'each city has its chain; rows without one belong to ALL');
select is(audit.seal(100), 0, 'once');
select results_eq(
  $$select h ->> 'city_code', (h ->> 'number')::bigint, h ->> 'head'
    from core.outbox as o, jsonb_array_elements(o.payload -> 'heads') as h where o.topic = 'audit.publish_heads'
    order by 1, 2$$,
  $$select city_code, number, encode(head, 'hex') from audit.seals order by 1, 2$$,
  'every head leaves through the outbox');
select is((select count(*) from core.outbox where topic = 'audit.publish_heads'), 1::bigint, 'together');
select is_empty(
  $$select s.city_code, s.number from audit.seals as s
    left join audit.seals as p on p.city_code = s.city_code and p.number = s.number - 1
    where s.head <> audit.head(p.head, s.city_code, s.number, s.source, s.up_to_seq, s.seqs, s.digests, s.sealed_at)$$,
  'a head covers the one before it');

-- some at a time
select audit.mark();
select cmp_ok(audit.seal(1), '=', 1, 'a limit holds');
select cmp_ok(audit.seal(100), '>', 0, 'what is left is sealed by the next call');
select is((audit.verify() -> 'ok')::boolean, true, 'and all is in order');
select is((select max(up_to_seq) from audit.seals where source = 'audit_logs'), (select max(audit_seq) from audit.marks), 'up to the mark');

select tests.rls_enabled('audit', 'seals');

select * from finish();
rollback;
