-- Publish a review, or take it back. The property's rating follows.
-- Who: admin, city admin, supervisor or agent of the review's city, service_role. Locks: the review, the property.
-- Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER, NOT_FOUND, UNAUTHORIZED, FORBIDDEN.
create or replace function lodging.moderate_review(p_review_id uuid, p_publish boolean, p_notes text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_review lodging.reviews;
begin
  perform core.require('review_id', p_review_id is not null);
  select * into v_review from lodging.reviews as r where r.id = p_review_id for no key update;
  if not found then
    perform core.raise('NOT_FOUND', jsonb_build_object('review_id', p_review_id));
  end if;
  perform access.require_staff(v_review.city_code, array['admin', 'city_admin', 'supervisor', 'agent']);
  perform core.require('publish', p_publish is not null);
  perform core.require_valid('notes', coalesce(length(p_notes) <= 2000, true), 'at most 2000 characters');

  update lodging.reviews as r
  set is_published = p_publish, moderation_notes = p_notes, moderated_at = core.now(),
      moderated_by = (select u.id from auth.users as u where u.id = access.user_id())
  where r.id = p_review_id
  returning * into v_review;
  return jsonb_build_object(
    'review_id', v_review.id, 'is_published', v_review.is_published, 'moderated_at', v_review.moderated_at);
end;
$$;
comment on function lodging.moderate_review(uuid, boolean, text) is 'Decides whether a review is shown to everybody.';
revoke all on function lodging.moderate_review(uuid, boolean, text) from public;
grant execute on function lodging.moderate_review(uuid, boolean, text) to authenticated, service_role;
