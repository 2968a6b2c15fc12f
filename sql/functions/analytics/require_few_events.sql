-- Demand that a client's session, or its address where it has none, does not tell of too many events. Two calls at the same instant
-- may both pass.
-- Who: emit_event. Locks: none. Fails with: RATE_LIMIT_EXCEEDED.
create or replace function analytics.require_few_events(p_session_id text, p_ip_hash text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_since constant timestamptz := core.now() - interval '1 minute';
  v_limit constant integer := core.setting('analytics.events_per_minute')::integer;
  v_told integer;
begin
  if access.is_service() then
    return;
  end if;
  if p_session_id is not null then
    select count(*) into v_told from analytics.funnel_events as e
    where e.session_id = p_session_id and e.event_timestamp > v_since;
  else
    select count(*) into v_told from analytics.funnel_events as e
    where e.session_id is null and e.ip_hash = p_ip_hash and e.event_timestamp > v_since;
  end if;
  if v_told >= v_limit then
    perform core.raise('RATE_LIMIT_EXCEEDED', jsonb_build_object('limit_per_minute', v_limit));
  end if;
end;
$$;
comment on function analytics.require_few_events(text, text) is 'Raises when analytics.events_per_minute is reached.';
revoke all on function analytics.require_few_events(text, text) from public;
