-- What the Host has listed before and lists no more, since a moment, is not sold any more: it stays, unpublished. Stays that are
-- still to come there go before a person.
-- Who: integrations. Locks: the properties or units. The answer: the Host's ids.
create or replace function lodging.retire_missing(p_kind text, p_since timestamptz)
returns text[]
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_missing uuid[];
  v_names text[];
begin
  if p_kind = 'properties' then
    with retired as (
      update lodging.properties_map as p
      set is_active = false, is_published = false, vanished_at = case when p.is_published then core.now() end
      where p.host_property_id is not null and (p.is_active or p.is_published)
        and coalesce(p.synced_at, '-infinity') < p_since
      returning p.id, p.host_property_id
    )
    select array_agg(r.id), array_agg(r.host_property_id order by r.host_property_id) into v_missing, v_names from retired as r;
    perform core.open_exception('property_vanished', r.city_code, null, jsonb_build_object(
      'property_id', r.property_id, 'stays_ahead', count(*)))
    from lodging.reservations as r
    where r.property_id = any (v_missing) and r.status in ('host_commit_pending', 'confirmed', 'checkin_pending')
    group by r.city_code, r.property_id;
  else
    with retired as (
      update lodging.unit_map as u
      set is_active = false
      where u.host_unit_id is not null and u.is_active and coalesce(u.synced_at, '-infinity') < p_since
      returning u.host_unit_id
    )
    select array_agg(r.host_unit_id order by r.host_unit_id) into v_names from retired as r;
  end if;
  return coalesce(v_names, '{}');
end;
$$;
comment on function lodging.retire_missing(text, timestamptz) is 'Takes properties or units off sale that the Host has not listed since a moment.';
revoke all on function lodging.retire_missing(text, timestamptz) from public;
