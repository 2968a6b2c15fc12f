begin;
select plan(2);

select audit.on_command_done(tests.id('command'), 'audit.publish_heads', 'done', '{}');
select is_empty('select from core.exceptions', 'heads that were published need nobody');
select audit.on_command_done(tests.id('command'), 'audit.publish_heads', 'dead', '{}');
select results_eq(
  'select kind, detail from core.exceptions',
  $$select 'command_dead', jsonb_build_object('command_id', tests.id('command'), 'topic', 'audit.publish_heads')$$,
  'those that could not be, do');

select * from finish();
rollback;
