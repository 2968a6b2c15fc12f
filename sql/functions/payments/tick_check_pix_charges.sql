-- Have charges looked at whose news may have been lost: open ones, and refunds on their way, every few seconds; those that ran out
-- or were called off, unless the provider has confirmed it, every hour for some days.
-- Who: tick. Locks: the charges (skip locked).
create or replace function payments.tick_check_pix_charges(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_now constant timestamptz := core.now();
  v_policy constant jsonb := core.setting('payments.pix');
  v_often constant interval := make_interval(secs => (v_policy ->> 'poll_seconds')::double precision);
  v_rarely constant interval := make_interval(secs => (v_policy ->> 'reconcile_seconds')::double precision);
  v_since constant timestamptz := v_now - make_interval(hours => (v_policy ->> 'reconcile_hours')::integer);
  v_payment payments.payments;
  v_done integer := 0;
begin
  for v_payment in
    select p.*
    from payments.pix_charges as c
    join payments.payments as p on p.id = c.payment_id
    cross join lateral (select exists (
      select from payments.refunds as r
      where r.payment_id = p.id and r.status = 'pending' and r.gateway_refund_id is not null and p.provider <> 'stripe') as is_refunding) as x
    where (c.status = 'pending' or x.is_refunding
        or c.status in ('expired', 'cancelled') and c.expires_at > v_since and p.gateway_response is null)
      and greatest(c.created_at, (
        select max(o.next_attempt_at) from core.outbox as o
        where o.booking_id = p.booking_id and o.topic = payments.fetch_topic(p)))
        <= v_now - case when c.status = 'pending' or x.is_refunding then v_often else v_rarely end
    order by c.expires_at
    limit p_limit
    for no key update of c skip locked
  loop
    perform payments.fetch_payment(v_payment, v_payment.gateway_payment_intent_id);
    v_done := v_done + 1;
  end loop;
  return v_done;
end;
$$;
comment on function payments.tick_check_pix_charges(integer) is 'Queues a look at PIX charges at their providers and returns how many.';
revoke all on function payments.tick_check_pix_charges(integer) from public;
