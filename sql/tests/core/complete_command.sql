begin;
select plan(15);

insert into core.cities (code, name, timezone) values ('URB', 'Urubici', 'America/Sao_Paulo');
create schema toy;
create table toy.told (topic text, outcome text, response jsonb, id uuid);
create function toy.on_command_done(p_command_id uuid, p_topic text, p_outcome text, p_response jsonb)
returns void language sql as $$insert into toy.told values (p_topic, p_outcome, p_response, p_command_id)$$;
create function pg_temp.token() returns uuid language sql as $$select claim_token from core.outbox$$;
create temporary table command as select core.enqueue_command('toy.send', 'a', 'URB', null, '{}') as id;
grant select on command to public;

-- who holds no lease
select is(
  core.complete_command((select id from command), core.new_id(), '{}'), '{"accepted": false}',
  'nobody can report a command that was not leased');
select tests.throws_code(
  $$select core.complete_command((select id from command), null, '{}')$$, 'MISSING_REQUIRED_FIELD',
  'not even by leaving out the token');
create temporary table claimed as select core.claim_commands('w1', null, 1) -> 0 ->> 'claim_token' as token;
update core.outbox set claimed_until = now() - interval '1 second';
select core.claim_commands('w2', null, 1);
select is(
  core.complete_command((select id from command), (select token::uuid from claimed), '{}'), '{"accepted": false}',
  'a worker whose lease was taken over is not heard');
select is_empty('table toy.told', 'and changes nothing');

-- who does
select is(
  core.complete_command((select id from command), pg_temp.token(), '{"ref": 7}'), '{"accepted": true}',
  'the holder of the lease reports');
select results_eq(
  'table toy.told', $$select 'toy.send', 'done', '{"ref": 7}'::jsonb, id from command$$,
  'the module is told, with the provider''s answer');
select results_eq(
  'select status, response, claim_token, claimed_until, finished_at is not null from core.outbox',
  $$values ('done', '{"ref": 7}'::jsonb, null::uuid, null::timestamptz, true)$$,
  'and the command has ended');
select is(
  core.complete_command((select id from command), core.new_id(), '{}'), '{"accepted": false}',
  'a second report is not heard');
select is((select count(*) from toy.told), 1::bigint, 'the module is told once');

-- a handler that fails
create or replace function toy.on_command_done(p_command_id uuid, p_topic text, p_outcome text, p_response jsonb)
returns void language sql as $$select core.raise('NOT_FOUND')$$;
select core.enqueue_command('toy.send', 'b', 'URB', null, '{}');
select core.claim_commands('w', null, 1);
select tests.throws_code(
  $$select core.complete_command(o.id, o.claim_token, '{}') from core.outbox as o where o.queue_key = 'b'$$, 'NOT_FOUND',
  'what the module refuses is not done');
select is((select o.status from core.outbox as o where o.queue_key = 'b'), 'pending', 'the command stays with its lease');

-- actors
select tests.throws_code($$select core.complete_command(core.new_id(), core.new_id(), '{}')$$, 'NOT_FOUND', 'an unknown command');
select tests.authenticate_as_service_role();
select is(
  api.complete_command((select id from command), gen_random_uuid(), '{}'), '{"accepted": false}',
  'the system may report');
select tests.as_staff('admin', 'URB');
select throws_ok($$select api.complete_command(null, null, null)$$, '42501', null, 'staff may not');
select tests.as_anon();
select throws_ok($$select api.complete_command(null, null, null)$$, '42501', null, 'guests may not');
reset role;

select * from finish();
rollback;
