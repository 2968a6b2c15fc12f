-- Store the answer of a call that began with idempotency_begin, in the same transaction.
-- Who: functions of ours. Locks: the key.
create or replace function core.idempotency_end(p_scope text, p_key text, p_response jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update core.idempotency_keys as k set response = p_response
  where k.scope = core.idempotency_scope(p_scope) and k.key = p_key;
end;
$$;
comment on function core.idempotency_end(text, text, jsonb) is 'Stores the answer for an idempotency key.';
revoke all on function core.idempotency_end(text, text, jsonb) from public;
