-- Demand that an event is well-formed and that the caller may tell of it.
-- Who: emit_event. Locks: none. Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER, FORBIDDEN.
create or replace function analytics.require_event(
  p_event_name text, p_property_id uuid, p_reservation_id uuid, p_session_id text, p_visitor_id text, p_user_id uuid, p_metadata jsonb)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform core.require('event_name', p_event_name is not null);
  perform core.require('property_id', p_property_id is not null or p_event_name <> 'property_viewed');
  perform core.require_valid('visitor_id', coalesce(length(p_visitor_id) between 1 and 100, true), '1 to 100 characters');
  perform core.require_valid('metadata',
    p_metadata is null or jsonb_typeof(p_metadata) = 'object' and length(p_metadata::text) <= 8000, 'an object of at most 8000 characters');
  if access.is_service() then
    return;
  end if;
  if p_event_name not in ('search_performed', 'property_viewed') and p_event_name !~ '^ui\.' then
    perform core.raise('FORBIDDEN', jsonb_build_object('event_name', p_event_name));
  end if;
  if p_user_id is not null and p_user_id is distinct from access.user_id() then
    perform core.raise('FORBIDDEN', jsonb_build_object('field', 'user_id'));
  end if;
  if p_reservation_id is not null and not exists (
    select from lodging.reservations as r
    join payments.orders as o on o.id = r.id
    where r.id = p_reservation_id and access.owns(o.customer_subject, o.session_hash, p_session_id))
  then
    perform core.raise('FORBIDDEN', jsonb_build_object('field', 'reservation_id'));
  end if;
end;
$$;
comment on function analytics.require_event(text, uuid, uuid, text, text, uuid, jsonb) is 'Raises unless the caller may tell of such an event.';
revoke all on function analytics.require_event(text, uuid, uuid, text, text, uuid, jsonb) from public;
