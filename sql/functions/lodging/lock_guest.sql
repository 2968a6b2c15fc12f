-- One creation of an intent per session, and per address, at a time: their open holds are counted, and equal requests found.
-- Who: create_booking_intent. Locks: session, then address, until the transaction ends; both before any row.
create or replace function lodging.lock_guest(p_session_hash text, p_address_hash text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  select pg_advisory_xact_lock(hashtextextended(p_session_hash, 43));
  select pg_advisory_xact_lock(hashtextextended(p_address_hash, 44)) where p_address_hash is not null
$$;
comment on function lodging.lock_guest(text, text) is 'Waits for other creations of the same session or address.';
revoke all on function lodging.lock_guest(text, text) from public;
