begin;
select plan(6);

select is(audit.tick_mark(100), 0, 'an empty log is not marked');
select audit.record('thing.seen', 'thing', core.new_id(), null);
select is(audit.tick_mark(100), 1, 'one that is not is');
select audit.record('thing.seen', 'thing', core.new_id(), null);
select is(audit.tick_mark(100), 0, 'but not at once again');
update core.settings set value = '0' where key = 'audit_mark_seconds';
select is(audit.tick_mark(100), 1, 'only after a while');

-- what publishing leaves behind
select audit.seal(100);
update core.outbox set status = 'done', finished_at = now() where topic = 'audit.publish_heads';
select is(audit.tick_mark(100), 0, 'the log does not go on for ever about its own heads');
select audit.record('thing.seen', 'thing', core.new_id(), null);
select is(audit.tick_mark(100), 1, 'until there is something else');

select * from finish();
rollback;
