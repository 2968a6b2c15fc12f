begin;
select plan(8);

select isnt_empty('select from tests.triggers', 'there are triggers to look at');

select is_empty(
  $$select label from tests.triggers where name !~ '^_[1359]\d\d_[a-z][a-z0-9_]*$'$$,
  'triggers are called _NNN_task: 1xx stamp, 3xx guard, 5xx effect, 9xx notify');
select is_empty(
  $$select label, function from tests.triggers where function is null or function !~ '^tg_(_|[a-z0-9_]+__)[a-z0-9_]+$'$$,
  'their functions are ours, called tg__task or tg_table__task');
select is_empty(
  $$select label, function from tests.triggers
    where function !~ '^tg__' and split_part(substr(function, 4), '__', 1) <> table_name$$,
  'a function named for one table serves that table');
select is_empty(
  $$select label from tests.triggers where tgenabled not in ('O', 'A')$$,
  'every trigger is enabled');

-- state machines
create temporary view statuses as
  select t.label, t.oid as relation, a.attname as name, a.atttypid as type
  from tests.tables as t
  join pg_attribute as a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  join pg_type as y on y.oid = a.atttypid and (y.typtype = 'e' or y.typname = 'text')
  where a.attname ~ '(^|_)(status|state)$'
    and t.module <> 'services' -- no behaviour moves them yet
    and t.label not in ('core.cities', 'lodging.properties_map', 'core.state_transitions'); -- of a country, and of the machines themselves

select is_empty(
  $$select s.label, s.name from statuses as s
    where not exists (
      select from tests.triggers as t
      where t.tgrelid = s.relation and t.function = 'tg__enforce_transition' and t.arguments[2] = s.name)$$,
  'every status moves along a state machine');
select is_empty(
  $$select t.label, t.arguments[1] as machine from tests.triggers as t
    where t.function = 'tg__enforce_transition'
      and not exists (
        select from core.state_transitions as m where m.machine = t.arguments[1] and m.from_state = '[*]')$$,
  'every state machine that is used has a beginning');
select is_empty(
  $$select s.label, s.name, e.enumlabel as state
    from statuses as s
    join tests.triggers as t
      on t.tgrelid = s.relation and t.function = 'tg__enforce_transition' and t.arguments[2] = s.name
    join pg_enum as e on e.enumtypid = s.type
    where not exists (
      select from core.state_transitions as m where m.machine = t.arguments[1] and m.to_state = e.enumlabel)$$,
  'every state can be reached');

select * from finish();
rollback;
