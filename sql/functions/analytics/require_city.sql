-- The city of an event: the one that is named, else that of the property; null for an event of neither.
-- Who: emit_event. Locks: none. Fails with: INVALID_PARAMETER.
create or replace function analytics.require_city(p_city_code text, p_property_id uuid)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_city_code text := p_city_code;
begin
  if p_property_id is not null then
    select p.city_code into v_city_code
    from lodging.properties_map as p
    where p.id = p_property_id and p.city_code = coalesce(p_city_code, p.city_code);
    perform core.require_valid('property_id', found, 'a property of the city');
  end if;
  perform core.require_valid('city_code',
    v_city_code is null or exists (select from core.cities as c where c.code = v_city_code and c.code <> 'ALL'), 'a city');
  return v_city_code;
end;
$$;
comment on function analytics.require_city(text, uuid) is 'Raises unless city and property exist and belong together; returns the city.';
revoke all on function analytics.require_city(text, uuid) from public;
