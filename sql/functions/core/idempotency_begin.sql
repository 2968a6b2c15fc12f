-- Begin a call with an idempotency key: the stored answer of the same call, or null to go on.
-- The caller is part of the scope; a function that takes p_session_id adds its hash to p_scope.
-- Who: functions of ours. Locks: the key, until commit, so that a second call waits for the first.
-- Fails with: INVALID_PARAMETER (length of the key), IDEMPOTENCY_CONFLICT (same key, another request).
create or replace function core.idempotency_begin(p_scope text, p_key text, p_request jsonb)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_scope constant text := core.idempotency_scope(p_scope);
  v_hash constant bytea := sha256(convert_to(p_request::text, 'UTF8'));
  v_row core.idempotency_keys;
begin
  perform core.require_valid('idempotency_key', length(p_key) between 1 and 255, '1 to 255 characters');
  insert into core.idempotency_keys as k (scope, key, request_hash, expires_at)
  values (v_scope, p_key, v_hash, core.now() + make_interval(hours => core.setting('idempotency_hours')::integer))
  on conflict (scope, key) do update
    set request_hash = excluded.request_hash, response = null, expires_at = excluded.expires_at, created_at = clock_timestamp()
    where k.expires_at <= (select core.now())
  returning * into v_row;
  if found then
    return null;
  end if;

  select * into strict v_row from core.idempotency_keys as k where k.scope = v_scope and k.key = p_key;
  if v_row.request_hash <> v_hash then
    perform core.raise('IDEMPOTENCY_CONFLICT', jsonb_build_object('idempotency_key', p_key));
  end if;
  return v_row.response;
end;
$$;
comment on function core.idempotency_begin(text, text, jsonb) is 'The answer stored for this caller, key and request, or null if the call is new.';
revoke all on function core.idempotency_begin(text, text, jsonb) from public;
