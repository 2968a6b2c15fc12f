-- The counters and the state of a payment follow from its refunds and disputes, for every writer; its CHECK refuses more than was
-- captured.
create or replace function payments.tg__refresh_payment()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payment_id constant uuid := coalesce(new.payment_id, old.payment_id);
begin
  update payments.payments as p
  set refund_amount = r.requested, refunded_amount = r.settled, lost_amount = d.lost,
      refund_reason = r.last_reason, gateway_refund_id = r.last_gateway_id, refunded_at = r.settled_at,
      status = case
        when payments.is_disputed(v_payment_id) then 'disputed'
        when r.requested > r.settled then 'refund_pending'
        when r.settled + d.lost = 0 then 'succeeded'
        when r.settled + d.lost < p.amount_captured then 'partially_refunded'
        else 'refunded'
      end::payments.payment_status
  from (
    select
      coalesce(sum(f.amount) filter (where f.status <> 'failed'), 0) as requested,
      coalesce(sum(f.amount) filter (where f.status = 'completed'), 0) as settled,
      max(f.processed_at) filter (where f.status = 'completed') as settled_at,
      (array_agg(f.reason::text order by f.requested_at desc, f.id desc))[1] as last_reason,
      (array_agg(f.gateway_refund_id order by f.requested_at desc, f.id desc))[1] as last_gateway_id
    from payments.refunds as f
    where f.payment_id = v_payment_id) as r
  cross join (
    select coalesce(sum(q.lost_amount), 0) as lost from payments.disputes as q where q.payment_id = v_payment_id) as d
  where p.id = v_payment_id;
  return null;
end;
$$;
comment on function payments.tg__refresh_payment() is 'Keeps what payments say of their refunds and disputes.';
revoke all on function payments.tg__refresh_payment() from public;
