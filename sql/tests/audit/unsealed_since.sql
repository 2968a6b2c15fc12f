begin;
select plan(6);

select is(audit.unsealed_since(), null, 'nothing waits in an empty log');
select is(audit.gauges() -> 'unsealed_seconds', '0', 'nor does the gauge show any');
select audit.record('thing.seen', 'thing', core.new_id(), null) from generate_series(1, 2);
select is(audit.unsealed_since(), min(created_at), 'the first row tells how long') from audit.audit_logs;
select cmp_ok((audit.gauges() -> 'unsealed_seconds')::numeric, '>', 0::numeric, 'as does the gauge');
select audit.mark();
select audit.seal(100);
select is(audit.unsealed_since(), null, 'until it is sealed');
update core.outbox set status = 'done', finished_at = now() where topic = 'audit.publish_heads';
select is(audit.unsealed_since(), null, 'that heads were published does not wait for a seal');

select * from finish();
rollback;
