-- Something happened to a row that counts as an event of the funnel: {"event": …, "id": …}.
-- Who: core.tg__announce, through core.call_hooks. Locks: none.
create or replace function analytics.on_event(p_event text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_event constant text := p_event::jsonb ->> 'event';
  v_id constant uuid := (p_event::jsonb ->> 'id')::uuid;
begin
  case v_event
    when 'booking_intent_created' then
      perform analytics.record(v_event, i.id, jsonb_build_object('total_amount', i.total_amount, 'currency', i.currency))
      from lodging.booking_intents as i where i.id = v_id;
    when 'payment_started' then
      perform analytics.record(v_event, p.booking_id, jsonb_build_object('payment_method', p.method), p.id)
      from payments.payments as p where p.id = v_id;
    when 'payment_succeeded' then
      perform analytics.record(v_event, p.booking_id, jsonb_build_object(
        'payment_method', p.method, 'amount', p.amount_captured, 'currency', p.currency,
        'processing_time', round(extract(epoch from p.processed_at - p.created_at), 3)), p.id)
      from payments.payments as p where p.id = v_id;
    when 'payment_failed' then
      perform analytics.record(v_event, p.booking_id, jsonb_build_object(
        'payment_method', p.method, 'failure_code', a.failure_code, 'retry_count', a.attempt_no - 1), p.id)
      from payments.payment_attempts as a join payments.payments as p on p.id = a.payment_id where a.id = v_id;
    when 'command_claimed' then
      perform analytics.record('host_commit_started', o.booking_id, jsonb_build_object('attempt', o.attempts), null, o.booking_id)
      from core.outbox as o where o.id = v_id and o.topic = 'lodging.commit_booking';
    when 'host_commit_succeeded' then
      perform analytics.record(v_event, r.id, jsonb_build_object('host_booking_id', r.host_booking_id), null, r.id)
      from lodging.reservations as r where r.id = v_id;
    when 'host_commit_failed' then
      perform analytics.record(v_event, r.id, jsonb_build_object(
        'error_code', coalesce(substring(r.host_commit_last_error from '"code": "([^"]+)"'), 'no_answer'),
        'will_refund', r.total_amount > 0), null, r.id)
      from lodging.reservations as r where r.id = v_id;
    when 'reservation_confirmed' then
      perform analytics.record(v_event, r.id, jsonb_build_object(
        'confirmation_code', r.confirmation_code, 'total_amount', r.total_amount, 'currency', r.currency), null, r.id)
      from lodging.reservations as r where r.id = v_id;
    when 'reservation_cancelled' then
      perform analytics.record(v_event, r.id, jsonb_build_object('reason', r.cancellation_reason, 'currency', r.currency,
        'refund_amount', (select coalesce(sum(f.amount), 0) from payments.refunds as f where f.booking_id = r.id and f.status <> 'failed')),
        null, r.id)
      from lodging.reservations as r where r.id = v_id;
    when 'checkout_completed' then
      perform analytics.record(v_event, r.id, '{}', null, r.id) from lodging.reservations as r where r.id = v_id;
    when 'refund_initiated' then
      perform analytics.record(v_event, f.booking_id, jsonb_build_object(
        'refund_id', f.id, 'amount', f.amount, 'currency', f.currency, 'reason', f.reason), f.payment_id)
      from payments.refunds as f where f.id = v_id;
    when 'refund_succeeded' then
      perform analytics.record(v_event, f.booking_id, jsonb_build_object(
        'refund_id', f.id, 'gateway_refund_id', f.gateway_refund_id, 'amount', f.amount, 'currency', f.currency), f.payment_id)
      from payments.refunds as f where f.id = v_id;
    else null;
  end case;
end;
$$;
comment on function analytics.on_event(text) is 'Keeps what was announced of bookings, payments and refunds as an event of the funnel.';
revoke all on function analytics.on_event(text) from public;
