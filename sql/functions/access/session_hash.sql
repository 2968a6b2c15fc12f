-- What is stored of a guest's session id. The id proves the guest: it comes as a parameter, as the header x-session-id, or as both.
-- Who: functions and policies of ours. Locks: none.
-- Fails with: INVALID_PARAMETER (16 to 100 characters), FORBIDDEN (parameter and header differ).
create or replace function access.session_hash(p_session_id text default null)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_header constant text := nullif(access.header('x-session-id'), '');
  v_session constant text := coalesce(p_session_id, v_header);
begin
  if v_session is null then
    return null;
  end if;
  perform core.require_valid('session_id', length(v_session) between 16 and 100, '16 to 100 characters');
  if v_header is not null and v_header <> v_session then
    perform core.raise('FORBIDDEN', jsonb_build_object('field', 'session_id'));
  end if;
  return encode(sha256(convert_to(v_session, 'UTF8')), 'hex');
end;
$$;
comment on function access.session_hash(text) is 'SHA-256 (hex) of the guest''s session id; null when the caller has none.';
revoke all on function access.session_hash(text) from public;
grant execute on function access.session_hash(text) to anon, authenticated, service_role;
