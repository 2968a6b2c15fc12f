begin;
select plan(4);

select tests.create_order('ana', 100), tests.create_order('bruno', 100);
create temporary table opened as
  select name, core.open_exception(kind, 'URB', tests.id(who), detail::jsonb) as id
  from (values
    ('wanted', 'odd', 'ana', '{"payment": 1, "amount": 5}'), ('other kind', 'even', 'ana', '{"payment": 1}'),
    ('other booking', 'odd', 'bruno', '{"payment": 1}'), ('other facts', 'odd', 'ana', '{"payment": 2}')) as v (name, kind, who, detail);

select tests.as_staff('agent', 'URB');
reset role;
select core.resolve_exceptions('odd', tests.id('ana'), '{"payment": 1}', 'went away');
select results_eq(
  $$select o.name, x.resolution, x.resolved_by from core.exceptions as x join opened as o on o.id = x.id where x.resolved_at is not null$$,
  $$values ('wanted', 'went away', access.subject())$$, 'the case of that kind, booking and facts is resolved, and by whom');
select is((select count(*) from core.exceptions where resolved_at is null), 3::bigint, 'the others stay');
update core.exceptions set resolution = 'a person''s word' where resolved_at is not null;
select core.resolve_exceptions('odd', tests.id('ana'), '{}', 'all of them');
select is((select resolution from core.exceptions where id = (select id from opened where name = 'wanted')), 'a person''s word',
  'what is resolved stays as it is');
select is((select count(*) from core.exceptions where resolution = 'all of them'), 1::bigint, 'no facts stand for every case');

select * from finish();
rollback;
