-- A booking as support sees it.
-- Who: support_booking. Locks: none.
create or replace function lodging.describe_for_support(p_booking_id uuid)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select lodging.stay_facts(o.id) || jsonb_build_object(
    'booking_id', o.id, 'city_code', o.city_code, 'intent_status', i.status, 'status', r.status,
    'payment_status', r.payment_status, 'host_commit_status', r.host_commit_status, 'host_booking_id', r.host_booking_id,
    'host_commit_last_error', r.host_commit_last_error, 'cancellation_reason', r.cancellation_reason,
    'last_name', t.last_name, 'email', t.email, 'phone', t.phone, 'created_at', o.created_at,
    'payments', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', p.id, 'method', p.method, 'status', p.status, 'amount', p.amount, 'amount_captured', p.amount_captured,
        'refunded_amount', p.refunded_amount, 'lost_amount', p.lost_amount, 'created_at', p.created_at) order by p.created_at, p.id), '[]')
      from payments.payments as p where p.booking_id = o.id),
    'refunds', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', f.id, 'payment_id', f.payment_id, 'status', f.status, 'amount', f.amount, 'reason', f.reason,
        'requested_at', f.requested_at) order by f.requested_at, f.id), '[]')
      from payments.refunds as f where f.booking_id = o.id),
    'commands', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', c.id, 'topic', c.topic, 'status', c.status, 'attempts', c.attempts) order by c.seq), '[]')
      from core.outbox as c where c.booking_id = o.id),
    'exceptions', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', x.id, 'kind', x.kind, 'detail', x.detail, 'opened_at', x.opened_at, 'resolved_at', x.resolved_at,
        'resolution', x.resolution) order by x.opened_at, x.id), '[]')
      from core.exceptions as x where x.booking_id = o.id),
    'notifications', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', n.id, 'template_code', n.template_code, 'channel', n.channel, 'status', n.status) order by n.created_at, n.id), '[]')
      from notifications.notification_outbox as n where n.booking_id = o.id))
  from payments.orders as o
  left join lodging.booking_intents as i on i.id = o.id
  left join lodging.reservations as r on r.id = o.id
  left join lodging.travelers as t on t.id = coalesce(r.traveler_id, i.traveler_id)
  where o.id = p_booking_id
$$;
comment on function lodging.describe_for_support(uuid) is 'A booking with its payments, refunds, commands, cases and messages; amounts in minor units.';
revoke all on function lodging.describe_for_support(uuid) from public;
