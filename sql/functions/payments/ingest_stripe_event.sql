-- Take in an event of Stripe whose signature was verified: store it, apply it, then apply events that waited for it.
-- A second delivery changes nothing, unless the event still waits or has failed: then it is tried again. One that comes at the
-- same time waits for the first. An event that cannot be applied is kept; the transaction fails only for causes that pass (locks,
-- connections, resources): Stripe sends again.
-- Who: service_role. Locks: the event, the order, the payment, what the line locks.
-- Fails with: FORBIDDEN, INVALID_REQUEST.
create or replace function payments.ingest_stripe_event(p_event jsonb)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_id constant text := p_event ->> 'id';
  v_object constant jsonb := p_event #> '{data,object}';
  v_is_new boolean;
  v_status text;
begin
  perform access.require_service();
  perform payments.require_stripe_object(p_event, 'type');
  if jsonb_typeof(v_object) is distinct from 'object' or jsonb_typeof(p_event -> 'livemode') is distinct from 'boolean' then
    perform core.raise('INVALID_REQUEST', jsonb_build_object('needs', 'livemode and data.object'));
  end if;

  insert into payments.stripe_events (event_id, type, object_id, rank, api_version, livemode, account, created, payload)
  values (
    v_id, p_event ->> 'type', payments.stripe_id(v_object -> 'id'), payments.stripe_event_rank(p_event ->> 'type'), p_event ->> 'api_version',
    (p_event ->> 'livemode')::boolean, p_event ->> 'account', payments.stripe_time(p_event, 'created'),
    p_event #- '{data,object,client_secret}')
  on conflict (event_id) do nothing;
  v_is_new := found;
  select e.status into strict v_status from payments.stripe_events as e where e.event_id = v_id;
  if v_status not in ('processed', 'ignored') then
    v_status := payments.process_stripe_event(v_id);
    if v_status = 'processed' then
      perform payments.process_waiting_events(payments.stripe_key(v_object));
    end if;
  end if;
  return jsonb_build_object('event_id', v_id, 'status', v_status, 'duplicate', not v_is_new);
end;
$$;
comment on function payments.ingest_stripe_event(jsonb) is
  'Stores an event of Stripe once and applies it. Status: processed, ignored, waiting, failed or dead.';
revoke all on function payments.ingest_stripe_event(jsonb) from public;
grant execute on function payments.ingest_stripe_event(jsonb) to service_role;
