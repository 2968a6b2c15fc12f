-- The marketplace's share of a stay sold today: the property's own tier, else its owner's own, else the one for how many properties
-- its owner has in the city, else the city's. The owner of a property that several share is the primary one.
-- Who: functions of ours. Locks: none.
create or replace function lodging.commission_rate(p_city_code text, p_property_id uuid)
returns numeric
language sql volatile security definer
set search_path = ''
as $$
  select coalesce(
    (select t.commission_rate
     from (
       select coalesce(p.payee_id, m.owner_id) as id
       from lodging.properties_map as p
       left join lodging.property_owner_mappings as m on m.property_id = p.id and m.is_primary
       where p.id = p_property_id) as o
     cross join lateral (
       select nullif(count(*), 0) as properties
       from lodging.properties_map as p
       where p.city_code = p_city_code and p.is_active and p.deleted_at is null
         and p.id in (
           select q.id from lodging.properties_map as q where q.payee_id = o.id
           union all
           select m.property_id from lodging.property_owner_mappings as m where m.owner_id = o.id)) as v
     join lodging.commission_tiers as t on t.city_code = p_city_code and t.is_active
       and (t.property_id is null or t.property_id = p_property_id)
       and (t.owner_id is null or t.owner_id = o.id)
       and (num_nulls(t.min_properties, t.max_properties) = 2
            or v.properties between coalesce(t.min_properties, 1) and coalesce(t.max_properties, v.properties))
       and (select core.today(p_city_code)) between t.effective_from and coalesce(t.effective_to, 'infinity')
     order by t.property_id nulls last, t.owner_id nulls last, coalesce(t.min_properties, 0) desc, t.effective_from desc
     limit 1),
    core.setting('lodging.commission_rate', p_city_code)::numeric)
$$;
comment on function lodging.commission_rate(text, uuid) is 'Commission rate of a property today, by the city''s calendar.';
revoke all on function lodging.commission_rate(text, uuid) from public;
