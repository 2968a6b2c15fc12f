-- What an operator watches: every figure of each module's function gauges(), as <module>_<name>.
-- Who: service_role. Locks: none. Fails with: FORBIDDEN.
create or replace function core.metrics()
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_module text;
  v_gauges jsonb;
  v_metrics jsonb := '{}'::jsonb;
begin
  perform access.require_service();
  for v_module in select m.name from core.modules as m order by m.position loop
    if to_regprocedure(format('%I.gauges()', v_module)) is not null then
      execute format('select %I.gauges()', v_module) into v_gauges;
      v_metrics := v_metrics || (
        select coalesce(jsonb_object_agg(v_module || '_' || g.key, g.value), '{}') from jsonb_each(v_gauges) as g (key, value));
    end if;
  end loop;
  return v_metrics;
end;
$$;
comment on function core.metrics() is 'Figures of all modules to watch, such as the age of the oldest command that is due.';
revoke all on function core.metrics() from public;
grant execute on function core.metrics() to service_role;
