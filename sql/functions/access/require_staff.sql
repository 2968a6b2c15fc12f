-- Who: functions for staff. Fails with: UNAUTHORIZED (not signed in), FORBIDDEN.
create or replace function access.require_staff(p_city_code text, p_roles text[])
returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if access.is_staff(p_city_code, p_roles) then
    return;
  end if;
  if access.subject() is null then
    perform core.raise('UNAUTHORIZED');
  end if;
  perform core.raise('FORBIDDEN', jsonb_build_object('needs', to_jsonb(p_roles), 'city_code', p_city_code));
end;
$$;
comment on function access.require_staff(text, text[]) is 'Raises unless the caller has one of the roles in the city, or acts for the system.';
revoke all on function access.require_staff(text, text[]) from public;
