-- The claims of the caller's token; empty when there is none or it is not an object.
-- Who: everybody. Locks: none.
create or replace function access.claims()
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_claims jsonb;
begin
  v_claims := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  if jsonb_typeof(v_claims) = 'object' then
    return v_claims;
  end if;
  return '{}'::jsonb;
exception when invalid_text_representation or untranslatable_character then
  return '{}'::jsonb;
end;
$$;
comment on function access.claims() is 'The JWT claims of this request, {} where there are none that can be read.';
revoke all on function access.claims() from public;
grant execute on function access.claims() to anon, authenticated, service_role;
