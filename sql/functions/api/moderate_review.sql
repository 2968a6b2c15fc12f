-- Staff publish a review, or take it back: see lodging.moderate_review.
create or replace function api.moderate_review(
  p_review_id uuid default null, p_publish boolean default null, p_notes text default null)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select lodging.moderate_review(p_review_id, p_publish, p_notes);
end;
comment on function api.moderate_review(uuid, boolean, text) is 'Publishes a review, or takes it back.';
revoke all on function api.moderate_review(uuid, boolean, text) from public;
grant execute on function api.moderate_review(uuid, boolean, text) to authenticated, service_role;
