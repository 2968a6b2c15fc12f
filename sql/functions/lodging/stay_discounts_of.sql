-- What stays of a certain length cost less in a city: one row per property with terms of its own, and one without property for
-- all others.
-- Who: functions of ours. Locks: none.
create or replace function lodging.stay_discounts_of(p_city_code text, p_nights integer)
returns table (property_id uuid, percent numeric)
language sql stable security definer
set search_path = ''
rows 10
as $$
  select distinct on (d.property_id) d.property_id, d.percent
  from lodging.stay_discounts as d
  where d.city_code = p_city_code and d.is_active and d.min_nights <= p_nights
  order by d.property_id, d.min_nights desc
$$;
comment on function lodging.stay_discounts_of(text, integer) is 'Percent off for a stay of so many nights, by property; the city''s under null.';
revoke all on function lodging.stay_discounts_of(text, integer) from public;
