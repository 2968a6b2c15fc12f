-- Lease due commands to a worker. Those for a provider that is left alone wait; once its time is over one of them, and no more until
-- its outcome is known or its lease has run out, shows whether the provider is back.
-- Who: service_role. Locks: circuits that are not closed and the rows claimed (skip locked); the lease is committed before any
-- HTTP call. Fails with: FORBIDDEN, MISSING_REQUIRED_FIELD, INVALID_PARAMETER.
create or replace function core.claim_commands(p_worker text, p_topics text[], p_limit integer)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_commands jsonb := jsonb_build_array();
  v_probe jsonb;
  v_circuit record;
begin
  perform access.require_service();
  perform core.require('worker', p_worker is not null);
  perform core.require_valid('limit', p_limit between 1 and 1000, '1 to 1000');

  for v_circuit in
    select c.provider, t.topics
    from core.circuits as c
    cross join lateral (select core.topics_of(c.provider) as topics) as t
    where c.open_until <= core.now() and (p_topics is null or t.topics && p_topics)
    for update of c skip locked
  loop
    v_probe := core.lease_commands(p_worker,
      array(select t.topic from unnest(v_circuit.topics) as t (topic) where p_topics is null or t.topic = any (p_topics)), '{}', 1);
    update core.circuits as c
    set open_until = core.now()
      + make_interval(secs => (core.outbox_policy(v_probe -> 0 ->> 'topic') ->> 'lease_seconds')::double precision)
    where c.provider = v_circuit.provider and v_probe <> '[]';
    v_commands := v_commands || v_probe;
    exit when jsonb_array_length(v_commands) = p_limit;
  end loop;

  if jsonb_array_length(v_commands) < p_limit then
    v_commands := v_commands || core.lease_commands(p_worker, p_topics,
      array(select unnest(core.topics_of(c.provider)) from core.circuits as c where c.open_until is not null),
      p_limit - jsonb_array_length(v_commands));
  end if;
  return v_commands;
exception when unique_violation then
  -- Another worker claimed from one of these queues at this instant; what is due stays due.
  return '[]'::jsonb;
end;
$$;
comment on function core.claim_commands(text, text[], integer) is
  'Leases due commands to a worker. look_up_first asks it to look for an earlier success at the provider before repeating.';
revoke all on function core.claim_commands(text, text[], integer) from public;
grant execute on function core.claim_commands(text, text[], integer) to service_role;
