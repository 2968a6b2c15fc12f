-- Who, what, fails with: lodging.erase_traveler.
create or replace function api.erase_traveler(p_traveler_id uuid default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select lodging.erase_traveler(p_traveler_id);
end;
comment on function api.erase_traveler(uuid) is 'Takes a traveler''s personal data out of everything, and keeps the books; without an id, the caller''s own.';
revoke all on function api.erase_traveler(uuid) from public;
grant execute on function api.erase_traveler(uuid) to authenticated, service_role;
