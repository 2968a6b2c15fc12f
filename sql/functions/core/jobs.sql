-- The jobs that tick can run: every function <module>.tick_<name>(integer).
-- Who: service_role. Locks: none.
create or replace function core.jobs()
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform access.require_service();
  return (
    select coalesce(jsonb_agg(m.name || '.' || substr(p.proname, 6) order by m.position, p.proname), '[]')
    from core.modules as m
    join pg_namespace as n on n.nspname = m.name
    join pg_proc as p on p.pronamespace = n.oid and p.proname like 'tick\_%');
end;
$$;
comment on function core.jobs() is 'Names of the jobs of tick, in module order.';
revoke all on function core.jobs() from public;
grant execute on function core.jobs() to service_role;
