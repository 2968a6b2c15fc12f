-- Everybody sees what is published, guests and customers their own, staff those of their cities. What is noted about a review
-- and who wrote it stay inside.
alter table lodging.reviews enable row level security;

create policy service_reads on lodging.reviews for select to service_role using (true);
grant select on lodging.reviews to service_role;

create policy customers_read_published_and_their_own on lodging.reviews for select to authenticated
  using (is_published or reservation_id = any ((select lodging.own_bookings())::uuid[]));
create policy staff_read_their_city on lodging.reviews for select to authenticated
  using (city_code = any ((select access.city_codes())::text[]));
create policy guests_read_published_and_their_own on lodging.reviews for select to anon
  using (is_published or reservation_id = any ((select lodging.own_bookings())::uuid[]));
grant select (id, city_code, property_id, overall_rating, cleanliness_rating, service_rating, location_rating, value_rating,
    title, content, is_verified, is_published, stay_date, room_type, created_at)
  on lodging.reviews to anon, authenticated;

create trigger _110_stamp_updated before update on lodging.reviews
  for each row execute function core.tg__stamp_updated();
create trigger _500_rate_property after insert or delete or update of property_id, overall_rating, is_published on lodging.reviews
  for each row execute function lodging.tg_reviews__rate_property();
create trigger _900_record after update on lodging.reviews
  for each row execute function audit.tg__record('review');
