-- Post what a dispute has taken and given back, with its fees: each balance transaction of the provider once, what was taken first.
-- Who: functions of ours, which hold the order. Locks: none. Fails with: INVALID_REQUEST.
create or replace function payments.post_dispute_money(p_dispute payments.disputes, p_object jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_entry record;
begin
  for v_entry in
    select
      t.value ->> 'id' as id, payments.stripe_number(t.value, 'amount') as amount, payments.stripe_number(t.value, 'fee') as fee,
      payments.stripe_time(t.value, 'created') as event_at
    from jsonb_path_query(p_object, 'lax $.balance_transactions[*]') as t (value)
    where t.value <> 'null'
    order by 2
  loop
    if v_entry.amount < 0 then
      perform ledger.record_dispute_withdrawn(
        p_dispute.booking_id, p_dispute.payment_id, -v_entry.amount, v_entry.fee, v_entry.id, v_entry.event_at);
    else
      perform ledger.record_dispute_reinstated(
        p_dispute.booking_id, p_dispute.payment_id, v_entry.amount, -v_entry.fee, v_entry.id, v_entry.event_at);
    end if;
  end loop;
end;
$$;
comment on function payments.post_dispute_money(payments.disputes, jsonb) is 'Posts the balance transactions in a dispute of Stripe.';
revoke all on function payments.post_dispute_money(payments.disputes, jsonb) from public;
