-- Raise an error of the catalog.
-- Who: functions of ours. Locks: none. Fails with: the given code; INTERNAL_ERROR for an unknown one.
create or replace function core.raise(p_code text, p_details jsonb default '{}')
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_error record;
begin
  select * into v_error from core.error_catalog() as c where c.code = p_code;
  if not found then
    perform core.raise('INTERNAL_ERROR', jsonb_build_object('unknown_code', p_code));
  end if;
  raise exception using
    errcode = v_error.sqlstate,
    message = v_error.message,
    detail = (coalesce(p_details, '{}') || jsonb_build_object('code', v_error.code))::text,
    hint = v_error.hint;
end;
$$;
comment on function core.raise(text, jsonb) is 'Raises an error of the catalog: DETAIL is JSON with its code and the given facts.';
revoke all on function core.raise(text, jsonb) from public;
