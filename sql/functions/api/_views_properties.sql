-- Properties of the caller as owner, or of the cities of staff. Guests read published ones by get_property_list and get_property_detail.
create or replace view api.properties with (security_invoker = true) as
select p.id, p.city_code, p.slug, p.name, p.property_type, p.address, p.currency, p.check_in_time, p.check_out_time,
  p.rating, p.review_count, p.is_active, p.is_published, p.created_at
from lodging.properties_map as p;
comment on view api.properties is 'Properties: those one owns, or those of one''s cities.';
revoke all on api.properties from public, anon, authenticated, service_role;
grant select on api.properties to authenticated, service_role;
