-- The properties of a city, page by page. What is not published is listed for its owner and for staff of the city;
-- for others there is nothing of that kind.
-- Who: everybody. Locks: none. Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER, NOT_FOUND (city).
create or replace function lodging.get_property_list(
  p_city_code text, p_property_type text, p_is_featured boolean, p_is_published boolean, p_pagination jsonb, p_sort text)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_page constant record := lodging.read_pagination(p_pagination);
  v_sort constant text := coalesce(p_sort, 'popular');
  v_is_published constant boolean := coalesce(p_is_published, true);
  v_sees_all constant boolean := v_is_published or access.is_staff(p_city_code, array['admin', 'city_admin', 'supervisor', 'agent']);
  v_answer jsonb;
begin
  perform core.require('city_code', p_city_code is not null);
  perform core.require_valid('sort', v_sort in ('popular', 'rating_desc', 'name_asc', 'newest'),
    'popular, rating_desc, name_asc or newest');
  perform lodging.require_city(p_city_code);

  with listed as (
    select p
    from lodging.properties_map as p
    where p.city_code = p_city_code and p.is_active and p.deleted_at is null and p.is_published = v_is_published
      and (p_property_type is null or p.property_type = p_property_type)
      and (p_is_featured is null or p.is_featured = p_is_featured)
      and (v_sees_all or p.id in (
        select m.property_id
        from lodging.property_owner_mappings as m
        join lodging.property_owners as o on o.id = m.owner_id
        where o.auth_user_id = (select access.user_id()) and o.is_active))
  ), page as (
    select l.p, row_number() over () as position
    from (
      select l.p
      from listed as l
      order by
        case v_sort when 'name_asc' then (l.p).name end,
        case v_sort when 'newest' then (l.p).created_at end desc,
        case v_sort when 'popular' then (l.p).is_featured end desc,
        case v_sort when 'popular' then (l.p).review_count end desc,
        (l.p).rating desc, (l.p).review_count desc, (l.p).id
      limit v_page.per_page offset (v_page.page - 1) * v_page.per_page) as l
  )
  select jsonb_build_object(
    'properties', (select coalesce(jsonb_agg(lodging.describe_property(g.p) order by g.position), '[]') from page as g),
    'pagination', lodging.describe_pagination(v_page.page, v_page.per_page, (select count(*) from listed as l)))
  into v_answer;
  return v_answer;
end;
$$;
comment on function lodging.get_property_list(text, text, boolean, boolean, jsonb, text) is
  'Properties of a city, page by page, each as on its own page. Unpublished ones are for staff and owners.';
revoke all on function lodging.get_property_list(text, text, boolean, boolean, jsonb, text) from public;
grant execute on function lodging.get_property_list(text, text, boolean, boolean, jsonb, text) to anon, authenticated, service_role;
