-- Part the items of a page of the Host: those to take over (of the same thing the last one), and those to skip, with the reason.
-- Who: import_host_items. Locks: none.
create or replace function lodging.sift_host_items(p_kind text, p_items jsonb, out good jsonb, out skipped jsonb)
language sql stable security definer
set search_path = ''
as $$
  with judged as (
    select i.item, i.position, lodging.host_item_fault(p_kind, i.item) as fault,
      case p_kind when 'properties' then i.item ->> 'host_property_id' else i.item ->> 'host_unit_id' end as name,
      case p_kind when 'availability' then i.item ->> 'date' end as night
    from jsonb_array_elements(p_items) with ordinality as i (item, position)
  ), chosen as (
    select distinct on (j.name, j.night) j.item
    from judged as j
    where j.fault is null
    order by j.name, j.night, j.position desc
  )
  select (select coalesce(jsonb_agg(c.item), '[]') from chosen as c),
    (select coalesce(jsonb_agg(jsonb_build_object('reason', j.fault, 'item', j.item) order by j.position), '[]')
     from judged as j where j.fault is not null)
$$;
comment on function lodging.sift_host_items(text, jsonb) is 'Parts the Host''s items into good and skipped ones.';
revoke all on function lodging.sift_host_items(text, jsonb) from public;
