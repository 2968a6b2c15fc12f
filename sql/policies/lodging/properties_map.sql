-- Shown to the public by functions, which choose what is published. Owners read their own as rows, staff those of their cities.
alter table lodging.properties_map enable row level security;

create policy service_reads on lodging.properties_map for select to service_role using (true);
grant select on lodging.properties_map to service_role;

create policy owners_read_their_own on lodging.properties_map for select to authenticated
  using (id = any ((select lodging.owned_properties())::uuid[]));
create policy staff_read_their_city on lodging.properties_map for select to authenticated
  using (city_code = any ((select access.city_codes())::text[]));
grant select (id, city_code, slug, name, property_type, address, currency, check_in_time, check_out_time, rating, review_count,
    is_active, is_published, created_at)
  on lodging.properties_map to authenticated;

create trigger _110_stamp_updated before update on lodging.properties_map
  for each row execute function core.tg__stamp_updated();
create trigger _900_record after insert or update or delete on lodging.properties_map
  for each row execute function audit.tg__record('property');
