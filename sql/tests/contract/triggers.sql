begin;
select plan(9);

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
    and t.module <> 'services' -- nothing moves them, see below
    and t.label not in ('core.cities', 'lodging.properties_map', 'core.state_transitions'); -- of a country, and of the machines themselves

select is_empty(
  $$select s.label, s.name from statuses as s
    where not exists (
      select from tests.triggers as t
      where t.tgrelid = s.relation and t.function = 'tg__enforce_transition' and t.arguments[2] = s.name)$$,
  'every status moves along a state machine');
select is_empty(
  $$select c.oid::regclass::text, r.rolname::text
    from pg_class as c
    join pg_roles as r on r.rolname in ('anon', 'authenticated', 'service_role')
    where c.relnamespace = 'services'::regnamespace and c.relkind = 'r'
      and has_table_privilege(r.oid, c.oid, 'insert, update, delete, truncate')
    union all
    select p.oid::regprocedure::text, 'owner'
    from pg_proc as p
    join core.modules as m on m.name = p.pronamespace::regnamespace::text
    where p.pronamespace = 'services'::regnamespace or coalesce(p.prosrc, '') ~ '(insert into|update) services\.'$$,
  'nobody writes the tables of services: who does gives their statuses machines first');
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
