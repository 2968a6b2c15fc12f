-- Say how a stay was, once. It is shown to others when staff have published it. The same words again change nothing.
-- Who: the guest or customer of the reservation, after check-out. Locks: none.
-- Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER, NOT_FOUND, REVIEW_NOT_ALLOWED.
create or replace function lodging.submit_review(
  p_reservation_id uuid, p_overall_rating integer, p_content text, p_title text, p_cleanliness_rating integer,
  p_service_rating integer, p_location_rating integer, p_value_rating integer, p_session_id text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_title constant text := nullif(btrim(p_title), '');
  v_content constant text := btrim(p_content);
  v_rating record;
  v_reservation lodging.reservations;
  v_review lodging.reviews;
begin
  perform core.require('reservation_id', p_reservation_id is not null);
  select r.* into v_reservation
  from lodging.reservations as r
  join payments.orders as o on o.id = r.id
  where r.id = p_reservation_id and access.owns(o.customer_subject, o.session_hash, p_session_id);
  if not found then
    perform core.raise('NOT_FOUND', jsonb_build_object('reservation_id', p_reservation_id));
  end if;

  perform core.require('overall_rating', p_overall_rating is not null);
  for v_rating in
    select g.name, g.points
    from (values ('overall', p_overall_rating), ('cleanliness', p_cleanliness_rating), ('service', p_service_rating),
      ('location', p_location_rating), ('value', p_value_rating)) as g (name, points)
  loop
    perform core.require_valid(v_rating.name || '_rating', coalesce(v_rating.points between 1 and 5, true), '1 to 5');
  end loop;
  perform core.require('content', v_content <> '');
  perform core.require_valid('content', length(v_content) <= 5000, 'at most 5000 characters');
  perform core.require_valid('title', coalesce(length(v_title) <= 200, true), 'at most 200 characters');

  if not lodging.has_stayed(v_reservation) then
    perform core.raise('REVIEW_NOT_ALLOWED', jsonb_build_object('reservation_id', p_reservation_id, 'reason', 'not stayed'));
  end if;
  insert into lodging.reviews (
    city_code, reservation_id, traveler_id, property_id, overall_rating, cleanliness_rating, service_rating, location_rating,
    value_rating, title, content, is_verified, stay_date, room_type)
  select v_reservation.city_code, v_reservation.id, v_reservation.traveler_id, v_reservation.property_id, p_overall_rating,
    p_cleanliness_rating, p_service_rating, p_location_rating, p_value_rating, v_title, v_content, true, v_reservation.check_in,
    u.room_type
  from lodging.unit_map as u
  where u.id = v_reservation.unit_id
  on conflict (reservation_id) do nothing
  returning * into v_review;
  if not found then
    select * into v_review
    from lodging.reviews as r
    where r.reservation_id = p_reservation_id
      and (r.overall_rating, r.cleanliness_rating, r.service_rating, r.location_rating, r.value_rating, r.title, r.content)
        is not distinct from
        (p_overall_rating, p_cleanliness_rating, p_service_rating, p_location_rating, p_value_rating, v_title, v_content);
    if not found then
      perform core.raise('REVIEW_NOT_ALLOWED', jsonb_build_object('reservation_id', p_reservation_id, 'reason', 'already reviewed'));
    end if;
  end if;

  update lodging.review_invitations as v
  set completed_at = core.now(), review_id = v_review.id
  where v.reservation_id = p_reservation_id and v.completed_at is null;
  return jsonb_build_object('review_id', v_review.id, 'is_published', v_review.is_published);
end;
$$;
comment on function lodging.submit_review(uuid, integer, text, text, integer, integer, integer, integer, text) is
  'Keeps a guest''s review of a stay until staff publish it.';
revoke all on function lodging.submit_review(uuid, integer, text, text, integer, integer, integer, integer, text) from public;
grant execute on function lodging.submit_review(uuid, integer, text, text, integer, integer, integer, integer, text)
  to anon, authenticated, service_role;
