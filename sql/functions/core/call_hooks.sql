-- Call <module>.<hook>(text) of every module that has it, in deployment order.
-- Who: triggers of ours. Locks: those of the hooks.
create or replace function core.call_hooks(p_hook text, p_argument text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_module text;
begin
  for v_module in
    select m.name
    from core.modules as m
    join pg_namespace as n on n.nspname = m.name
    join pg_proc as p on p.pronamespace = n.oid and p.proname = p_hook and p.pronargs = 1 and p.proargtypes[0] = 'text'::regtype
    order by m.position
  loop
    execute format('select %I.%I($1)', v_module, p_hook) using p_argument;
  end loop;
end;
$$;
comment on function core.call_hooks(text, text) is 'Tells every module of an event of the kernel by calling its function of that name.';
revoke all on function core.call_hooks(text, text) from public;
