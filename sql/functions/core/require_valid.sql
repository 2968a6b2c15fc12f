-- Demand that a field's value is allowed.
-- Who: functions of ours. Fails with: INVALID_PARAMETER.
create or replace function core.require_valid(p_field text, p_is_valid boolean, p_rule text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if p_is_valid is not true then
    perform core.raise('INVALID_PARAMETER', jsonb_build_object('field', p_field, 'rule', p_rule));
  end if;
end;
$$;
comment on function core.require_valid(text, boolean, text) is 'Raises INVALID_PARAMETER naming the field and the rule unless the value is valid.';
revoke all on function core.require_valid(text, boolean, text) from public;
