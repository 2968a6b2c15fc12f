-- Queue a command to the outside world, in the transaction that decides it.
-- Who: functions of ours. Locks: none; the caller holds the row that p_queue_key stands for.
create or replace function core.enqueue_command(
  p_topic text, p_queue_key text, p_city_code text, p_booking_id uuid, p_payload jsonb, p_not_before timestamptz default null)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_id uuid;
begin
  insert into core.outbox (topic, queue_key, city_code, booking_id, payload, next_attempt_at)
  values (p_topic, p_queue_key, p_city_code, p_booking_id, p_payload, coalesce(p_not_before, core.now()))
  returning id into v_id;
  return v_id;
end;
$$;
comment on function core.enqueue_command(text, text, text, uuid, jsonb, timestamptz) is
  'Adds a command to the outbox and returns its id. Commands with the same queue key are carried out one at a time, in order.';
revoke all on function core.enqueue_command(text, text, text, uuid, jsonb, timestamptz) from public;
