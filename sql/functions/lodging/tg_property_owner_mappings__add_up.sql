-- At commit the owners of a property own all of it together, for every writer; or nobody does.
-- Fails with: INVALID_PARAMETER.
create or replace function lodging.tg_property_owner_mappings__add_up()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_id uuid;
begin
  foreach v_id in array array[old.property_id, new.property_id] loop
    perform core.require_valid('ownership_percentage',
      (select coalesce(sum(m.ownership_percentage), 100) = 100 from lodging.property_owner_mappings as m where m.property_id = v_id),
      '100 in all of a property');
  end loop;
  return null;
end;
$$;
comment on function lodging.tg_property_owner_mappings__add_up() is 'Refuses owners of a property whose percentages do not add up to 100.';
revoke all on function lodging.tg_property_owner_mappings__add_up() from public;
