-- Take over a page of what the Host lists, and return the items that were skipped with the reasons. The same page again changes nothing.
-- Who: integrations. Locks: properties and units of the page; for the calendar and for sizes of rooms, units first.
create or replace function lodging.import_host_items(p_kind text, p_items jsonb)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_sifted record;
begin
  v_sifted := lodging.sift_host_items(p_kind, p_items);
  case p_kind
    when 'properties' then perform lodging.import_properties(v_sifted.good);
    when 'room_types' then perform lodging.import_room_types(v_sifted.good);
    when 'availability' then perform lodging.import_nights(v_sifted.good);
  end case;
  -- What is listed is there, however malformed.
  if p_kind = 'properties' then
    update lodging.properties_map as p set synced_at = core.now()
    from jsonb_array_elements(v_sifted.skipped) as s (skip)
    where p.host_property_id = s.skip -> 'item' ->> 'host_property_id';
  elsif p_kind = 'room_types' then
    update lodging.unit_map as u set synced_at = core.now()
    from jsonb_array_elements(v_sifted.skipped) as s (skip)
    where u.host_unit_id = s.skip -> 'item' ->> 'host_unit_id';
  end if;
  return v_sifted.skipped;
end;
$$;
comment on function lodging.import_host_items(text, jsonb) is 'Takes over properties, room_types or availability of the Host; returns what it skipped.';
revoke all on function lodging.import_host_items(text, jsonb) from public;
