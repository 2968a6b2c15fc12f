-- Demand that city, property, unit and rate plan belong together, and that the unit takes so many guests.
-- Who: create_booking_intent. Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER.
create or replace function lodging.require_fitting_unit(
  p_city_code text, p_property_id uuid, p_unit_id uuid, p_rate_plan_id uuid, p_adults integer, p_children integer)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_unit lodging.unit_map;
begin
  perform core.require('city_code', p_city_code is not null);
  perform core.require('property_id', p_property_id is not null);
  perform core.require('unit_id', p_unit_id is not null);
  select * into v_unit
  from lodging.unit_map as u
  where u.id = p_unit_id and u.property_id = p_property_id and u.city_code = p_city_code;
  perform core.require_valid('unit_id', found, 'a unit of that property in that city');
  perform core.require_valid('guests',
    p_adults <= v_unit.max_adults and p_children <= v_unit.max_children and p_adults + p_children <= v_unit.max_guests,
    format('at most %s adults, %s children, %s together', v_unit.max_adults, v_unit.max_children, v_unit.max_guests));
  perform core.require_valid('rate_plan_id', p_rate_plan_id is null or exists (
    select from lodging.rate_plans as r where r.id = p_rate_plan_id and r.property_id = p_property_id and r.is_active),
    'an active rate plan of that property');
end;
$$;
comment on function lodging.require_fitting_unit(text, uuid, uuid, uuid, integer, integer) is 'Raises unless the guests may book that unit there.';
revoke all on function lodging.require_fitting_unit(text, uuid, uuid, uuid, integer, integer) from public;
