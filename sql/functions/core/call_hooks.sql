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
  for v_module in select m.name from core.modules as m order by m.position loop
    if to_regprocedure(format('%I.%I(text)', v_module, p_hook)) is not null then
      execute format('select %I.%I($1)', v_module, p_hook) using p_argument;
    end if;
  end loop;
end;
$$;
comment on function core.call_hooks(text, text) is 'Tells every module of an event of the kernel by calling its function of that name.';
revoke all on function core.call_hooks(text, text) from public;
