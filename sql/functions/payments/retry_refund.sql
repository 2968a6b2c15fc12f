-- Ask again for a refund that failed: a new one of the same amount. While that is on its way or done, it is the answer, also for
-- every other try of the same refund: their requests share a key.
-- Who: admin, city admin, supervisor or agent of its city, service_role. Locks: the order, then as request_refund.
-- Fails with: UNAUTHORIZED, FORBIDDEN, MISSING_REQUIRED_FIELD, NOT_FOUND, INVALID_TRANSITION (it has not failed), as request_refund.
create or replace function payments.retry_refund(p_refund_id uuid)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_key text;
  v_failed payments.refunds;
  v_refund payments.refunds;
begin
  perform core.require('refund_id', p_refund_id is not null);
  select * into v_failed from payments.refunds as r where r.id = p_refund_id;
  perform access.require_staff(coalesce(v_failed.city_code, 'ALL'), array['admin', 'city_admin', 'supervisor', 'agent']);
  if v_failed.id is null then
    perform core.raise('NOT_FOUND', jsonb_build_object('refund_id', p_refund_id));
  end if;
  perform payments.lock_payment(v_failed.payment_id);
  select r.* into strict v_failed from payments.refunds as r where r.id = p_refund_id;
  if v_failed.status <> 'failed' then
    perform core.raise_invalid_transition('refund', v_failed.status::text, 'pending');
  end if;

  v_key := case when v_failed.request_key like 'retry:%' then v_failed.request_key else 'retry:' || p_refund_id end;
  select * into v_refund
  from payments.refunds as r
  where r.payment_id = v_failed.payment_id and r.request_key = v_key and r.status <> 'failed';
  if not found then
    v_refund := payments.request_refund(
      v_failed.payment_id, v_failed.amount, v_failed.reason, v_failed.reason_details, v_key, access.subject());
  end if;
  return jsonb_build_object(
    'refund_id', v_refund.id, 'payment_id', v_refund.payment_id, 'status', v_refund.status, 'amount', v_refund.amount);
end;
$$;
comment on function payments.retry_refund(uuid) is 'Requests a failed refund again and returns the new one; amounts in minor units.';
revoke all on function payments.retry_refund(uuid) from public;
grant execute on function payments.retry_refund(uuid) to authenticated, service_role;
