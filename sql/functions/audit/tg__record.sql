-- Record every insert, update and delete of a row: only what changed, secrets masked.
-- Argument: the entity type. The row needs an id, and may have a city_code.
create or replace function audit.tg__record()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_row constant jsonb := case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  v_before constant jsonb := case when tg_op = 'UPDATE' then to_jsonb(old) else '{}' end;
  v_masked constant text[] := audit.masked_columns();
  v_changes jsonb;
begin
  select jsonb_object_agg(c.key, case
      when c.key = any (v_masked) then '"***"'::jsonb
      when tg_op = 'UPDATE' then jsonb_build_array(v_before -> c.key, c.value)
      else c.value
    end)
  into v_changes
  from jsonb_each(v_row) as c
  where c.value <> coalesce(v_before -> c.key, 'null') and c.key not in ('updated_at', 'status_changed_at');
  if v_changes is null then
    return null;
  end if;
  perform audit.record(
    tg_argv[0] || '.' || case tg_op when 'INSERT' then 'created' when 'UPDATE' then 'updated' else 'deleted' end,
    tg_argv[0], (v_row ->> 'id')::uuid, v_row ->> 'city_code', v_changes);
  return null;
end;
$$;
comment on function audit.tg__record() is 'Writes a row change to the audit log: created and deleted with values, updated with [before, after] of each changed column.';
revoke all on function audit.tg__record() from public;
