begin;
select plan(3);

select is(
  core.outbox_policy('toy.send'), core.setting('outbox'), 'a topic without figures of its own has those of all');
insert into core.settings (key, value) values ('outbox.toy.send', '{"max_attempts": 2}');
select is(
  core.outbox_policy('toy.send'), core.setting('outbox') || '{"max_attempts": 2}', 'its own figures go first, one by one');
select is_empty(
  $$select s.key from core.settings as s
    where s.key like 'outbox.%'
      and (jsonb_array_length(core.outbox_policy(substr(s.key, 8)) -> 'backoff_seconds') = 0
        or (core.outbox_policy(substr(s.key, 8)) ->> 'max_attempts')::integer < 1
        or (core.outbox_policy(substr(s.key, 8)) ->> 'lease_seconds')::integer < 1)$$,
  'every topic''s figures make sense');

select * from finish();
rollback;
