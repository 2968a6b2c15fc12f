-- Demand that a field was sent.
-- Who: functions of ours. Fails with: MISSING_REQUIRED_FIELD.
create or replace function core.require(p_field text, p_is_present boolean)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if p_is_present is not true then
    perform core.raise('MISSING_REQUIRED_FIELD', jsonb_build_object('field', p_field));
  end if;
end;
$$;
comment on function core.require(text, boolean) is 'Raises MISSING_REQUIRED_FIELD naming the field unless it is present.';
revoke all on function core.require(text, boolean) from public;
