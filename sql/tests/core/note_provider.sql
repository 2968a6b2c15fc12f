begin;
-- core.note_provider, core.topics_of, core.lease_commands
select plan(20);

insert into core.cities (code, name, timezone) values ('URB', 'Urubici', 'America/Sao_Paulo');
create schema toy;
create function toy.on_command_done(p_command_id uuid, p_topic text, p_outcome text, p_response jsonb)
returns void language sql as '';
insert into core.settings (key, value) values
  ('outbox.toy.send', '{"backoff_seconds": [1], "max_attempts": 3, "provider": "toys"}'),
  ('outbox.toy.ask', '{"backoff_seconds": [1], "max_attempts": 9, "provider": "toys"}'),
  ('outbox.toy.other', '{"provider": "others"}');
create function pg_temp.at(p_time text) returns void language sql as $$select tests.freeze_time(('2026-05-01 ' || p_time || '+00')::timestamptz)$$;
create function pg_temp.add(p_name text, p_topic text default 'toy.send') returns void language sql as
  $$select core.enqueue_command(p_topic, p_name, 'URB', null, to_jsonb(p_name))$$;
create function pg_temp.claim(p_limit integer default 10, p_topics text[] default null) returns text language sql as $$
  select string_agg(c ->> 'payload', ' ' order by i)
  from jsonb_array_elements(core.claim_commands('w', p_topics, p_limit)) with ordinality as c (c, i)
$$;
create function pg_temp.fail(p_name text, p_answered boolean default false, p_retry boolean default true) returns void language sql as
  $$select core.fail_command(o.id, o.claim_token, '{}', p_answered, p_retry) from core.outbox as o where o.payload = to_jsonb(p_name)$$;
create function pg_temp.succeed(p_name text) returns void language sql as
  $$select core.complete_command(o.id, o.claim_token, '{}') from core.outbox as o where o.payload = to_jsonb(p_name)$$;
create function pg_temp.tries(p_name text) returns integer language sql as
  $$select o.attempts from core.outbox as o where o.payload = to_jsonb(p_name)$$;
create function pg_temp.open_until() returns text language sql as
  $$select to_char(c.open_until at time zone 'UTC', 'HH24:MI:SS') from core.circuits as c where c.provider = 'toys'$$;

-- what is no failure of the provider
select pg_temp.at('12:00:00');
select pg_temp.add('r' || i) from generate_series(1, 6) as i;
select pg_temp.claim();
select pg_temp.fail('r' || i, true, false) from generate_series(1, 6) as i;
select is_empty('select from core.circuits', 'a refusal is an answer: the provider is there');
select pg_temp.add('x' || i, 'toy.unnamed') from generate_series(1, 6) as i;
select pg_temp.claim();
select pg_temp.fail('x' || i) from generate_series(1, 6) as i;
select is_empty('select from core.circuits', 'a topic without a provider has no circuit');

-- opening
delete from core.outbox;
select pg_temp.add('a'), pg_temp.add('b'), pg_temp.add('c'), pg_temp.add('d'), pg_temp.add('e', 'toy.ask'), pg_temp.add('f', 'toy.ask');
select is(pg_temp.claim(6), 'a b c d e f', 'while all is well everything is claimed');
select pg_temp.fail('a');
select pg_temp.at('12:01:00');
select pg_temp.fail('b'), pg_temp.fail('c', true), pg_temp.fail('d');
select pg_temp.fail('e');
select is(pg_temp.open_until(), null, 'five failures in more than a minute do not open the circuit');
select pg_temp.at('12:01:01');
select pg_temp.fail('f');
select is(pg_temp.open_until(), '12:01:31', 'five within a minute open it for half a minute, of whatever topic they are');
select pg_temp.add('other', 'toy.other');
select pg_temp.at('12:01:30');
select is(pg_temp.claim(), 'other', 'then its commands wait, those of others do not');
select pg_temp.succeed('other');
select is(pg_temp.tries('a'), 1, 'and that they wait is no try');

-- half open
select pg_temp.at('12:01:31');
select is(pg_temp.claim(10, array['toy.other']), null, 'who does not carry out its topics sends nothing');
select is(pg_temp.claim(), 'a', 'when the time is over one command is sent');
select is(pg_temp.claim(), null, 'and no other before its outcome is known');
select pg_temp.fail('a');
select is(pg_temp.open_until(), '12:02:01', 'if it fails the circuit opens anew');
select pg_temp.at('12:02:00');
select is(pg_temp.claim(), null, 'for as long');
select pg_temp.at('12:02:01');
select pg_temp.claim(1);
select pg_temp.at('12:03:00');
select is(pg_temp.claim(), null, 'a probe that is not heard of');
select pg_temp.at('12:03:01');
select is(pg_temp.claim(10, array['toy.ask']), 'e', 'is followed by another when its lease has run out');

-- closing
select pg_temp.succeed('e');
select results_eq($$select c.failed_at, c.open_until from core.circuits as c where c.provider = 'toys'$$,
  $$values ('{}'::timestamptz[], null::timestamptz)$$, 'an answer closes the circuit and forgets the failures');
select is(pg_temp.claim(), 'a b c d f', 'everything is claimed again');
select pg_temp.fail('b');
select is(pg_temp.open_until(), null, 'and one failure does not open it');
select pg_temp.fail('c', true, false);
select is((select cardinality(c.failed_at) from core.circuits as c where c.provider = 'toys'), 1, 'a refusal does not count while it is closed');
select pg_temp.fail(p) from unnest(array['d', 'f', 'a']) as p;
select pg_temp.add('g');
select pg_temp.claim();
select pg_temp.fail('g');
select is(pg_temp.open_until(), '12:03:31', 'five more do');
select pg_temp.at('12:03:31');
select pg_temp.claim(10, array['toy.send']);
select pg_temp.fail(o.payload #>> '{}', true, false) from core.outbox as o where o.topic = 'toy.send' and o.claim_token is not null;
select is(pg_temp.open_until(), null, 'a refusal of the probe shows that the provider is there');

select * from finish();
rollback;
