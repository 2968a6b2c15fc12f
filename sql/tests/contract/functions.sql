begin;
select plan(11);

select isnt_empty('select from tests.functions', 'there are functions to look at');

select is_empty(
  $$select label from tests.functions
    where prosecdef and not coalesce(proconfig @> array['search_path=""'], false)$$,
  'whoever runs with its owner''s rights has an empty search_path');
select is_empty(
  $$select label from tests.functions
    where prosqlbody is null and not coalesce(proconfig @> array['search_path=""'], false)$$,
  'every body that is bound when it runs has an empty search_path');
select is_empty(
  $$select f.label from tests.functions as f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) as g
    where g.grantee = 0$$,
  'no function may be called by everybody');
select is_empty(
  'select module, proname, count(*) from tests.functions group by 1, 2 having count(*) > 1',
  'no function has two signatures');
select is_empty(
  $$select label from tests.functions where obj_description(oid, 'pg_proc') is null$$,
  'every function is explained');
select is_empty(
  $$select f.label, a.name from tests.functions as f, unnest(f.proargnames, f.proargmodes) as a (name, mode)
    where coalesce(a.mode, 'i') in ('i', 'v') and a.name !~ '^p_'$$,
  'parameters are called p_…');
select is_empty(
  $$select label from tests.functions where definition ~ '\mauth\.(uid|role)\('$$,
  'nobody asks auth.uid() or auth.role(): they fail for subjects that are no uuid');
select is_empty(
  $$select label from tests.functions where definition ~* 'errcode\s*=\s*''40001'''$$,
  'no function asks to be retried with 40001');
select is_empty(
  $$select label from tests.functions
    where prorettype in (select reltype from pg_class where oid in (select oid from tests.views))$$,
  'no function returns a row of a view');
select is_empty(
  $$select label from tests.functions where (prorettype = 'trigger'::regtype) <> (proname ~ '^tg_')$$,
  'trigger functions, and only they, are called tg_…');

select * from finish();
rollback;
