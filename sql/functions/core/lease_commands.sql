-- Lease due commands: of each queue the one that was claimed before and let go, else the first.
-- A command whose lease ran out is leased again while it has tries left: its outcome is unknown, and its queue waits for it.
-- Who: claim_commands. Locks: the rows claimed (skip locked). Fails with: unique_violation where another worker was quicker.
create or replace function core.lease_commands(p_worker text, p_topics text[], p_except text[], p_limit integer)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_now constant timestamptz := core.now();
  v_commands jsonb;
begin
  with due as (
    select o.id
    from core.outbox as o
    where o.status = 'pending' and o.next_attempt_at <= v_now
      and (o.claimed_until is null or o.claimed_until <= v_now)
      and (p_topics is null or o.topic = any (p_topics)) and o.topic <> all (p_except)
      and (o.claim_token is null or o.attempts < (core.outbox_policy(o.topic) ->> 'max_attempts')::integer)
      and not exists (
        select from core.outbox as other
        where other.queue_key = o.queue_key and other.status = 'pending' and other.id <> o.id
          and (other.claim_token is not null or (o.claim_token is null and other.seq < o.seq)))
    order by o.next_attempt_at, o.seq
    limit p_limit
    for update skip locked
  ), claimed as (
    update core.outbox as o
    set claimed_by = p_worker, claim_token = core.new_id(), attempts = o.attempts + 1,
        claimed_until = v_now + make_interval(secs => (core.outbox_policy(o.topic) ->> 'lease_seconds')::double precision)
    from due
    where o.id = due.id
    returning o.*
  )
  select coalesce(jsonb_agg(jsonb_build_object(
      'id', c.id, 'topic', c.topic, 'booking_id', c.booking_id, 'city_code', c.city_code, 'payload', c.payload,
      'attempt', c.attempts, 'generation', c.generation, 'claim_token', c.claim_token,
      'idempotency_key', c.id || ':' || c.generation,
      'look_up_first', c.retried_at is not null
        or (c.attempts > 1 and c.created_at < clock_timestamp() - interval '20 hours'))
    order by c.seq), '[]')
  into v_commands
  from claimed as c;
  return v_commands;
end;
$$;
comment on function core.lease_commands(text, text[], text[], integer) is 'Leases due commands of some topics, or of all, save those excepted.';
revoke all on function core.lease_commands(text, text[], text[], integer) from public;
