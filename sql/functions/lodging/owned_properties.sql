-- The properties of the caller, for policies: those whose owner he is, or in which he has a share.
-- Who: policies, as property_id = any ((select lodging.owned_properties())::uuid[]). Locks: none.
create or replace function lodging.owned_properties()
returns uuid[]
language sql stable security definer
set search_path = ''
as $$
  with me as (
    select w.id
    from lodging.property_owners as w
    join payments.payees as y on y.id = w.id
    where w.is_active and (w.auth_user_id = (select access.user_id()) or y.subject = (select access.subject()))
  )
  select coalesce(array_agg(o.property_id), '{}')
  from (
    select m.property_id from lodging.property_owner_mappings as m join me on me.id = m.owner_id
    union
    select p.id from lodging.properties_map as p join me on me.id = p.payee_id) as o
$$;
comment on function lodging.owned_properties() is 'Ids of the properties that the caller owns, in whole or in part.';
revoke all on function lodging.owned_properties() from public;
grant execute on function lodging.owned_properties() to authenticated, service_role;
