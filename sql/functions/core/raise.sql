-- Raise an error of the catalog.
-- Who: functions of ours. Fails with: the given code; INTERNAL_ERROR for an unknown one.
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
    raise exception 'Unknown error code %.', p_code using errcode = 'PT500';
  end if;
  raise exception using
    errcode = v_error.sqlstate,
    message = v_error.message,
    detail = (jsonb_build_object('code', v_error.code) || p_details)::text,
    hint = v_error.hint;
end;
$$;
comment on function core.raise(text, jsonb) is 'Raises an error of the catalog: DETAIL is JSON with its code and the given facts.';
revoke all on function core.raise(text, jsonb) from public;
