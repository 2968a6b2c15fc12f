-- Whether an order is the caller's: as its signed-in customer, or as the guest whose session made it.
-- Who: functions of ours. Locks: none. Fails with: as session_hash.
create or replace function access.owns(p_customer_subject text, p_session_hash text, p_session_id text default null)
returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return coalesce(p_customer_subject = access.subject(), false)
    or coalesce(p_session_hash = access.session_hash(p_session_id), false);
end;
$$;
comment on function access.owns(text, text, text) is 'Whether the caller is the customer with that subject or the guest with that session.';
revoke all on function access.owns(text, text, text) from public;
