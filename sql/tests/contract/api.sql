begin;
select plan(9);

-- What each function of api calls of ours.
create temporary view calls as
  select a.oid, a.label, a.provolatile, f.oid as called, f.label as called_label, f.provolatile as called_volatility
  from tests.functions as a
  join pg_depend as d on d.classid = 'pg_proc'::regclass and d.objid = a.oid and d.refclassid = 'pg_proc'::regclass
  join tests.functions as f on f.oid = d.refobjid
  where a.module = 'api';

select isnt_empty($$select from tests.functions where module = 'api'$$, 'there is an api to look at');

select is_empty(
  $$select label from tests.functions where module = 'api' and prosecdef$$,
  'functions of api run as their caller');
select is_empty(
  $$select label from tests.functions
    where module = 'api'
      and (prosqlbody is null or regexp_count(pg_get_function_sqlbody(oid), ';') <> 1)$$,
  'functions of api are one statement, bound when they are made');
select is_empty(
  $$select a.label, count(c.called) from tests.functions as a left join calls as c on c.oid = a.oid
    where a.module = 'api' group by a.label having count(c.called) <> 1$$,
  'functions of api call one function of a module');
select is_empty(
  'select label, called_label from calls where provolatile <> called_volatility',
  'functions of api are as volatile as what they call');
select is_empty(
  $$select label from tests.functions where module = 'api' and prorettype <> 'jsonb'::regtype$$,
  'functions of api return jsonb');
select is_empty(
  $$select r.rolname, c.label, c.called_label from calls as c, pg_roles as r
    where r.rolname in ('anon', 'authenticated', 'service_role')
      and has_function_privilege(r.oid, c.oid, 'execute') and not has_function_privilege(r.oid, c.called, 'execute')$$,
  'who may call a function of api may call what is behind it');
select is_empty(
  $$select label from tests.functions as f
    where module = 'api' and not exists (
      select from aclexplode(f.proacl) as g where g.grantee <> f.proowner)$$,
  'every function of api is granted to somebody');
select is_empty(
  $$select label from tests.views where module = 'api' and not coalesce(reloptions @> array['security_invoker=true'], false)$$,
  'views of api read as their caller');

select * from finish();
rollback;
