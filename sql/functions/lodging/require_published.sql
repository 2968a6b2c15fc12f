-- Demand that a unit's property is shown to the public, in a city that is open.
-- Who: public functions. Fails with: NOT_FOUND.
create or replace function lodging.require_published(p_unit_id uuid, p_property_id uuid default null)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if not exists (
    select from lodging.unit_map as u
    join lodging.properties_map as p on p.id = u.property_id
    join core.cities as c on c.code = u.city_code
    where u.id = p_unit_id and p.id = coalesce(p_property_id, p.id)
      and u.is_active and c.is_active and p.is_active and p.is_published and p.deleted_at is null)
  then
    perform core.raise('NOT_FOUND', jsonb_strip_nulls(jsonb_build_object('unit_id', p_unit_id, 'property_id', p_property_id)));
  end if;
end;
$$;
comment on function lodging.require_published(uuid, uuid) is 'Raises NOT_FOUND unless the unit (of that property) is active and published.';
revoke all on function lodging.require_published(uuid, uuid) from public;
