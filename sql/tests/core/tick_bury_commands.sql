begin;
select plan(10);

insert into core.cities (code, name, timezone) values ('URB', 'Urubici', 'America/Sao_Paulo');
create schema toy;
create table toy.told (queue_key text, outcome text, response jsonb);
create function toy.on_command_done(p_command_id uuid, p_topic text, p_outcome text, p_response jsonb)
returns void language sql as
  $$insert into toy.told select o.queue_key, p_outcome, p_response from core.outbox as o where o.id = p_command_id$$;
insert into core.settings (key, value) values ('outbox.toy.send', '{"max_attempts": 1, "lease_seconds": 60}');
select tests.freeze_time('2026-05-01 12:00+00');
select core.enqueue_command('toy.send', 'lost', 'URB', null, '{}');
select core.enqueue_command('toy.other', 'has tries', 'URB', null, '{}');
select core.claim_commands('w', null, 10);
select core.enqueue_command('toy.send', 'unclaimed', 'URB', null, '{}');

select is(core.tick_bury_commands(10), 0, 'a lease that runs is left alone');
select tests.freeze_time('2026-05-01 12:01+00');
select is(core.tick_bury_commands(10), 1, 'a last try whose worker vanished is given up');
select results_eq(
  'select queue_key, status, last_error from core.outbox order by seq',
  $$values ('lost', 'dead', '{"code": "worker_vanished"}'::jsonb), ('has tries', 'pending', null), ('unclaimed', 'pending', null)$$,
  'nothing else is');
select results_eq(
  'table toy.told', $$values ('lost', 'dead', '{"code": "worker_vanished"}'::jsonb)$$,
  'its module is told');
select is(core.tick_bury_commands(10), 0, 'once');

-- a module that refuses
create or replace function toy.on_command_done(p_command_id uuid, p_topic text, p_outcome text, p_response jsonb)
returns void language plpgsql as $$
begin
  if exists (select from core.outbox as o where o.id = p_command_id and o.queue_key = 'refused') then
    perform core.raise('NOT_FOUND');
  end if;
end $$;
select core.enqueue_command('toy.send', 'refused', 'URB', null, '{}');
select core.claim_commands('w', array['toy.send'], 10);
select tests.freeze_time('2026-05-01 12:02+00');
select is(core.tick_bury_commands(10), 1, 'where a module refuses, the others go on');
select is((select status from core.outbox where queue_key = 'refused'), 'pending', 'the refused one stays as it is');
select is(
  (select e.detail ->> 'message' from core.exceptions as e where e.kind = 'command_handler_failed'), 'There is no such thing.',
  'and goes before a person');
create or replace function toy.on_command_done(p_command_id uuid, p_topic text, p_outcome text, p_response jsonb)
returns void language plpgsql as $$
begin
  raise exception 'deadlock' using errcode = '40P01';
end $$;
select throws_ok('select core.tick_bury_commands(10)', '40P01', null, 'an error of the moment ends the batch, for the next to try again');
delete from core.outbox where queue_key = 'refused';
select tests.authenticate_as_service_role();
select is(api.tick('core.bury_commands'), '{"job": "core.bury_commands", "done": 0}', 'it is a job of tick');
reset role;

select * from finish();
rollback;
