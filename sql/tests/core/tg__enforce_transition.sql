begin;
select plan(11);

-- A table for each machine, with a row for each pair of its states and a row's worth of trigger.
create temporary table tried (machine text, from_state text, to_state text, outcome text);

create procedure pg_temp.try_machine(p_machine text) language plpgsql as $$
declare
  v_states constant text[] := array(
    select distinct s.state
    from core.state_transitions as t, unnest(array[t.from_state, t.to_state]) as s (state)
    where t.machine = p_machine and s.state <> '[*]');
  v_pair record;
  v_detail text;
begin
  create temporary table subject (id integer generated always as identity, state text, goal text);
  insert into subject (state, goal) select f, t from unnest(v_states) as f, unnest(v_states) as t;
  execute format(
    'create trigger _300_guard_transition before insert or update of state on subject
     for each row execute function core.tg__enforce_transition(%L, ''state'')', p_machine);

  for v_pair in select * from subject loop
    begin
      update subject set state = v_pair.goal where id = v_pair.id;
      insert into tried values (p_machine, v_pair.state, v_pair.goal, 'changed');
    exception when sqlstate 'PT409' then
      get stacked diagnostics v_detail = pg_exception_detail;
      insert into tried values (p_machine, v_pair.state, v_pair.goal, v_detail::jsonb ->> 'code');
    end;
  end loop;
  for v_pair in select s.state from unnest(v_states || array['no such state', null]) as s (state) loop
    begin
      insert into subject (state) values (v_pair.state);
      insert into tried values (p_machine, '[*]', v_pair.state, 'changed');
    exception when sqlstate 'PT409' then
      get stacked diagnostics v_detail = pg_exception_detail;
      insert into tried values (p_machine, '[*]', v_pair.state, v_detail::jsonb ->> 'code');
    end;
  end loop;
  drop table subject;
end $$;

do $$
declare
  v_machine text;
begin
  for v_machine in select distinct machine from core.state_transitions loop
    call pg_temp.try_machine(v_machine);
  end loop;
end $$;

select is_empty(
  $$select t.* from core.state_transitions as t
    where not exists (
      select from tried as r
      where (r.machine, r.from_state, r.to_state, r.outcome) = (t.machine, t.from_state, t.to_state, 'changed'))$$,
  'every legal change of every machine is possible');
select is_empty(
  $$select r.* from tried as r
    where r.from_state is distinct from r.to_state
      and r.outcome <> 'INVALID_TRANSITION'
      and not exists (
        select from core.state_transitions as t
        where (t.machine, t.from_state, t.to_state) = (r.machine, r.from_state, r.to_state))$$,
  'every other change of every machine is refused');
select is_empty(
  $$select r.* from tried as r where r.from_state = r.to_state and r.outcome <> 'changed'$$,
  'writing the state a row already has is no change');
select is(
  (select count(*) from tried),
  (select sum(m.states * m.states + m.states + 2)::bigint from (
    select count(distinct s.state) as states
    from core.state_transitions as t, unnest(array[t.from_state, t.to_state]) as s (state)
    where s.state <> '[*]' group by t.machine) as m),
  'every pair of states was tried, and every state for a new row');
select is_empty(
  $$select machine from core.state_transitions group by machine having bool_and(from_state <> '[*]')$$,
  'every machine has a beginning');
select is_empty(
  $$select machine, from_state from core.state_transitions as t
    where from_state <> '[*]'
      and not exists (select from core.state_transitions as b where b.machine = t.machine and b.to_state = t.from_state)$$,
  'every state that can be left can be reached');

-- the machines of real tables
select is_empty(
  $$select g.label, s.state
    from tests.triggers as g
    join pg_attribute as a on a.attrelid = g.tgrelid and a.attname = g.arguments[2]
    join core.state_transitions as t on t.machine = g.arguments[1]
    cross join unnest(array[t.from_state, t.to_state]) as s (state)
    where g.function = 'tg__enforce_transition' and s.state <> '[*]'
      and exists (select from pg_type as y where y.oid = a.atttypid and y.typtype = 'e')
      and not exists (select from pg_enum as e where e.enumtypid = a.atttypid and e.enumlabel = s.state)$$,
  'a table''s machine knows no state that its column does not have');
select set_has(
  $$select distinct g.label from tests.triggers as g where g.function = 'tg__enforce_transition'$$,
  $$values ('core.outbox: _300_guard_transition'), ('notifications.notification_outbox: _300_guard_transition')$$,
  'the tables of the kernel''s queues have theirs');

-- what a refusal says
create temporary table command (status text);
create trigger _300_guard_transition before insert or update of status on command
  for each row execute function core.tg__enforce_transition('outbox', 'status');
insert into command values ('pending');
update command set status = 'dead';
create function pg_temp.refusal(p_sql text) returns jsonb language plpgsql as $$
declare
  v_detail text;
begin
  execute p_sql;
  return null;
exception when sqlstate 'PT409' then
  get stacked diagnostics v_detail = pg_exception_detail;
  return v_detail::jsonb;
end $$;
select is(
  pg_temp.refusal($$update command set status = 'done'$$),
  '{"code": "INVALID_TRANSITION", "machine": "outbox", "from": "dead", "to": "done", "legal": ["pending"]}'::jsonb,
  'a refusal names machine, both states, and the legal ones');
select is(
  pg_temp.refusal($$update command set status = null$$),
  '{"code": "INVALID_TRANSITION", "machine": "outbox", "from": "dead", "to": null, "legal": ["pending"]}'::jsonb,
  'no state is no legal state');
select is(
  pg_temp.refusal($$merge into command using (values (1)) as v on true when matched then update set status = 'done'$$) ->> 'code',
  'INVALID_TRANSITION',
  'MERGE is refused alike');

select * from finish();
rollback;
