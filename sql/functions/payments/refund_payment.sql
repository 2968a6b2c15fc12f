-- Refund a payment by hand, or for the system. Without an idempotency key, a refund of the same amount that is still pending is
-- taken for the same request.
-- Who: admin, city admin, supervisor or agent of the payment's city, service_role. Locks, fails with: as request_refund; UNAUTHORIZED, FORBIDDEN,
-- INVALID_PARAMETER (reservation, reason), IDEMPOTENCY_CONFLICT.
create or replace function payments.refund_payment(
  p_payment_id uuid, p_reservation_id uuid default null, p_amount bigint default null, p_reason text default null,
  p_processed_by text default null, p_idempotency_key text default null)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_by constant text := coalesce(p_processed_by, access.subject());
  v_scope constant text := 'refund_payment';
  v_payment payments.payments;
  v_refund payments.refunds;
  v_response jsonb;
begin
  perform core.require('payment_id', p_payment_id is not null);
  select * into v_payment from payments.payments as p where p.id = p_payment_id;
  if not found then
    perform core.raise('NOT_FOUND', jsonb_build_object('payment_id', p_payment_id));
  end if;
  perform access.require_staff(v_payment.city_code, array['admin', 'city_admin', 'supervisor', 'agent']);
  if not access.is_service() and v_by is distinct from access.subject() then
    perform core.raise('FORBIDDEN', jsonb_build_object('field', 'processed_by'));
  end if;
  perform core.require('reason', p_reason is not null);
  perform core.require_valid('reason', p_reason = any (enum_range(null::payments.refund_reason)::text[]),
    array_to_string(enum_range(null::payments.refund_reason), ', '));
  perform core.require_valid('reservation_id', coalesce(p_reservation_id, v_payment.booking_id) = v_payment.booking_id,
    'the reservation of the payment');

  if p_idempotency_key is not null then
    v_response := core.idempotency_begin(v_scope, p_idempotency_key, jsonb_build_object(
      'payment_id', p_payment_id, 'reservation_id', p_reservation_id, 'amount', p_amount, 'reason', p_reason,
      'processed_by', p_processed_by));
    if v_response is not null then
      return v_response;
    end if;
  end if;

  v_refund := payments.request_refund(p_payment_id, p_amount, p_reason::payments.refund_reason, null,
    coalesce('key:' || p_idempotency_key, 'amount:' || coalesce(p_amount::text, 'all')), v_by);
  v_response := jsonb_strip_nulls(jsonb_build_object(
    'refund_id', v_refund.id, 'payment_id', v_refund.payment_id, 'status', v_refund.status, 'amount', v_refund.amount,
    'gateway_refund_id', v_refund.gateway_refund_id, 'estimated_days', core.setting('refund_estimated_days', v_payment.city_code)));
  if p_idempotency_key is not null then
    perform core.idempotency_end(v_scope, p_idempotency_key, v_response);
  end if;
  return v_response;
end;
$$;
comment on function payments.refund_payment(uuid, uuid, bigint, text, text, text) is
  'Refunds an amount in minor units (all that is left without one) of a payment and returns the refund.';
revoke all on function payments.refund_payment(uuid, uuid, bigint, text, text, text) from public;
grant execute on function payments.refund_payment(uuid, uuid, bigint, text, text, text) to authenticated, service_role;
