-- A guest says how a stay was: see lodging.submit_review.
create or replace function api.submit_review(
  p_reservation_id uuid default null, p_overall_rating integer default null, p_content text default null, p_title text default null,
  p_cleanliness_rating integer default null, p_service_rating integer default null, p_location_rating integer default null,
  p_value_rating integer default null, p_session_id text default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select lodging.submit_review(
    p_reservation_id, p_overall_rating, p_content, p_title, p_cleanliness_rating, p_service_rating, p_location_rating,
    p_value_rating, p_session_id);
end;
comment on function api.submit_review(uuid, integer, text, text, integer, integer, integer, integer, text) is
  'Says how a stay was, with one to five points for each side of it; staff publish it.';
revoke all on function api.submit_review(uuid, integer, text, text, integer, integer, integer, integer, text) from public;
grant execute on function api.submit_review(uuid, integer, text, text, integer, integer, integer, integer, text)
  to anon, authenticated, service_role;
