-- Who sees or clicks an ad, and under which event id; an event that comes without one is new.
-- Who: public functions. Locks: none. Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER, as access.session_hash.
create or replace function ads.read_visitor(
  p_session_id text, p_visitor_id text, p_page_path text, p_event_id text, out session_id text, out event_id text)
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  session_id := access.analytics_session(access.session_hash(p_session_id));
  perform core.require('session_id', session_id is not null);
  perform core.require_valid('visitor_id', coalesce(length(p_visitor_id) between 1 and 100, true), '1 to 100 characters');
  perform core.require_valid('page_path', coalesce(length(p_page_path) <= 2000, true), 'at most 2000 characters');
  perform core.require_valid('event_id', coalesce(length(p_event_id) between 1 and 100, true), '1 to 100 characters');
  event_id := coalesce(p_event_id, core.new_id()::text);
end;
$$;
comment on function ads.read_visitor(text, text, text, text) is 'Checks what a browser sends along with an event, and returns the session''s name among analytics and the event''s id.';
revoke all on function ads.read_visitor(text, text, text, text) from public;
