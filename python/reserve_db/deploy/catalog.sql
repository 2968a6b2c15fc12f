-- Everything the catalog says about the schemas in %(schemas)s, one readable row per object.
-- Partitions are left out: they come and go with time and follow their parent.
with ours as (
  select n.oid, quote_ident(n.nspname) as ident, n.nspowner, n.nspacl
  from pg_namespace as n
  where n.nspname = any (%(schemas)s)
),
extension_members as (
  select classid, objid from pg_depend where deptype = 'e'
),
relations as (
  select c.*, o.ident || '.' || quote_ident(c.relname) as ident
  from pg_class as c
  join ours as o on o.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c')
    and not c.relispartition
    and not exists (select from extension_members as e where e.classid = 'pg_class'::regclass and e.objid = c.oid)
),
tables as (
  select * from relations where relkind in ('r', 'p', 'f')
),
functions as (
  select p.*, o.ident || '.' || quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')' as ident
  from pg_proc as p
  join ours as o on o.oid = p.pronamespace
  where not exists (select from extension_members as e where e.classid = 'pg_proc'::regclass and e.objid = p.oid)
),
types as (
  select t.*, o.ident || '.' || quote_ident(t.typname) as ident
  from pg_type as t
  join ours as o on o.oid = t.typnamespace
  where t.typtype in ('e', 'd', 'r')
    and not exists (select from extension_members as e where e.classid = 'pg_type'::regclass and e.objid = t.oid)
),
grants as (
  select 'schema' as kind, o.ident as parent, g.grantee, g.privilege_type as privilege, g.is_grantable
  from ours as o, aclexplode(coalesce(o.nspacl, acldefault('n', o.nspowner))) as g
  union all
  select case r.relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'view' else 'table' end,
    r.ident, g.grantee, g.privilege_type, g.is_grantable
  from relations as r,
    aclexplode(coalesce(r.relacl, acldefault(case r.relkind when 'S' then 's'::"char" else 'r'::"char" end, r.relowner))) as g
  where r.relkind <> 'c'
  union all
  select 'column', r.ident, g.grantee, g.privilege_type || ' (' || quote_ident(a.attname) || ')', g.is_grantable
  from relations as r
  join pg_attribute as a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped,
    aclexplode(a.attacl) as g
  union all
  select 'function', f.ident, g.grantee, g.privilege_type, g.is_grantable
  from functions as f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) as g
  union all
  select 'type', t.ident, g.grantee, g.privilege_type, g.is_grantable
  from types as t, aclexplode(coalesce(t.typacl, acldefault('T', t.typowner))) as g
  union all
  select 'default', o.ident || ' ' || d.defaclobjtype::text, g.grantee, g.privilege_type, g.is_grantable
  from pg_default_acl as d
  join ours as o on o.oid = d.defaclnamespace,
    aclexplode(d.defaclacl) as g
)
select 'schema' as kind, o.ident as parent, '' as name, 'owner ' || pg_get_userbyid(o.nspowner) as definition
from ours as o

union all
select grants.kind || ' grant to', grants.parent,
  case grants.grantee when 0 then 'public' else pg_get_userbyid(grants.grantee) end,
  string_agg(lower(grants.privilege) || case when grants.is_grantable then ' with grant option' else '' end, ', '
    order by grants.privilege collate "C", grants.is_grantable)
from grants
group by 1, 2, 3

union all
select case r.relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view'
         when 'f' then 'foreign table' when 'c' then 'composite type' else 'table' end,
  r.ident, '',
  concat_ws(E'\n',
    'owner ' || pg_get_userbyid(r.relowner),
    case r.relpersistence when 'u' then 'unlogged' end,
    case r.relreplident when 'f' then 'replica identity full' when 'n' then 'replica identity nothing' end,
    'with (' || array_to_string(array(select unnest(r.reloptions) order by 1), ', ') || ')',
    case when r.relkind = 'p' then 'partition by ' || pg_get_partkeydef(r.oid) end,
    (select 'inherits ' || string_agg(i.inhparent::regclass::text, ', ' order by i.inhseqno)
     from pg_inherits as i where i.inhrelid = r.oid),
    case when r.relkind in ('v', 'm') then pg_get_viewdef(r.oid) end,
    (select format_type(s.seqtypid, null) || ' start ' || s.seqstart || ' increment ' || s.seqincrement
       || ' minvalue ' || s.seqmin || ' maxvalue ' || s.seqmax || ' cache ' || s.seqcache
       || case when s.seqcycle then ' cycle' else '' end
     from pg_sequence as s where s.seqrelid = r.oid))
from relations as r

union all
select 'row security', t.ident, '',
  case when t.relrowsecurity then 'enabled' else 'disabled' end || case when t.relforcerowsecurity then ', forced' else '' end
from tables as t

union all
select 'column', r.ident, quote_ident(a.attname),
  concat_ws(' ',
    format_type(a.atttypid, a.atttypmod),
    case when a.attcollation <> y.typcollation then 'collate ' || a.attcollation::regcollation::text end,
    case when a.attnotnull then 'not null' end,
    case a.attidentity when 'a' then 'generated always as identity' when 'd' then 'generated by default as identity' end,
    case a.attgenerated when '' then 'default ' when 's' then 'generated always as stored ' else 'generated always as ' end
      || pg_get_expr(d.adbin, d.adrelid))
from relations as r
join pg_attribute as a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
join pg_type as y on y.oid = a.atttypid
left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
where r.relkind in ('r', 'p', 'f', 'c')

union all
select 'constraint', coalesce(r.ident, t.ident), quote_ident(c.conname), pg_get_constraintdef(c.oid)
from pg_constraint as c
left join tables as r on r.oid = c.conrelid
left join types as t on t.oid = c.contypid
where coalesce(r.ident, t.ident) is not null and c.contype not in ('n', 't')

union all
select 'index', r.ident, quote_ident(i.relname),
  pg_get_indexdef(i.oid) || case when x.indisvalid then '' else ' invalid' end
    || case when x.indisreplident then ' replica identity' else '' end
from relations as r
join pg_index as x on x.indrelid = r.oid
join pg_class as i on i.oid = x.indexrelid

union all
select 'statistics', r.ident, quote_ident(s.stxname), pg_get_statisticsobjdef(s.oid)
from relations as r
join pg_statistic_ext as s on s.stxrelid = r.oid

union all
select 'rule', r.ident, quote_ident(w.rulename), pg_get_ruledef(w.oid) || ' ' || w.ev_enabled::text
from relations as r
join pg_rewrite as w on w.ev_class = r.oid
where w.rulename <> '_RETURN'

union all
select 'policy', r.ident, quote_ident(p.polname),
  concat_ws(' ',
    case when p.polpermissive then 'permissive' else 'restrictive' end,
    case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
    'to ' || (select string_agg(case x when 0 then 'public' else pg_get_userbyid(x) end, ', ' order by 1)
              from unnest(p.polroles) as x),
    'using (' || pg_get_expr(p.polqual, p.polrelid) || ')',
    'with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
from tables as r
join pg_policy as p on p.polrelid = r.oid

union all
select 'trigger', r.ident, quote_ident(g.tgname),
  pg_get_triggerdef(g.oid)
    || case g.tgenabled when 'O' then '' when 'D' then ' disabled' when 'R' then ' replica' else ' always' end
from relations as r
join pg_trigger as g on g.tgrelid = r.oid
where not g.tgisinternal

union all
select 'function', f.ident, '',
  'owner ' || pg_get_userbyid(f.proowner) || E'\n'
    || case when f.prokind = 'a' then pg_get_function_result(f.oid)
         || (select ' aggregate ' || a.aggtransfn::text || ' ' || a.aggfinalfn::text || ' ' || coalesce(a.agginitval, '')
             from pg_aggregate as a where a.aggfnoid = f.oid)
       else pg_get_functiondef(f.oid) end
from functions as f

union all
select 'type', t.ident, '',
  concat_ws(E'\n',
    'owner ' || pg_get_userbyid(t.typowner),
    (select 'enum (' || string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) || ')'
     from pg_enum as e where e.enumtypid = t.oid),
    (select 'range of ' || format_type(g.rngsubtype, null) from pg_range as g where g.rngtypid = t.oid),
    case when t.typtype = 'd' then
      concat_ws(' ', 'domain', format_type(t.typbasetype, t.typtypmod), case when t.typnotnull then 'not null' end,
        'default ' || t.typdefault) end)
from types as t
