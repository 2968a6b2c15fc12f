begin;
select plan(2);

create schema toy;
create table toy.told (id uuid, topic text, outcome text, response jsonb);
create function toy.on_command_done(p_command_id uuid, p_topic text, p_outcome text, p_response jsonb)
returns void language sql as $$insert into toy.told values (p_command_id, p_topic, p_outcome, p_response)$$;
select core.enqueue_command('toy.send', 'a', 'ALL', null, '{}');
select core.enqueue_command('nobody.send', 'b', 'ALL', null, '{}');

select core.call_command_handler(o, 'done', '{"n": 1}') from core.outbox as o where o.topic = 'toy.send';
select results_eq(
  'table toy.told', $$select id, topic, 'done', '{"n": 1}'::jsonb from core.outbox where topic = 'toy.send'$$,
  'the module that the topic names is told');
select throws_ok(
  $$select core.call_command_handler(o, 'done', '{}') from core.outbox as o where o.topic = 'nobody.send'$$, '3F000', null,
  'a topic of no module fails loudly');

select * from finish();
rollback;
