-- Reviews that are published; guests also see their own, staff all of their cities.
create or replace view api.reviews with (security_invoker = true) as
select r.id, r.city_code, r.property_id, r.overall_rating, r.cleanliness_rating, r.service_rating, r.location_rating, r.value_rating,
  r.title, r.content, r.is_verified, r.is_published, r.stay_date, r.room_type, r.created_at
from lodging.reviews as r;
comment on view api.reviews is 'What guests say of their stays: what is published, one''s own, or that of one''s cities.';
revoke all on api.reviews from public, anon, authenticated, service_role;
grant select on api.reviews to anon, authenticated, service_role;
