-- Post what a dispute has taken and given back, with its fees: each balance transaction of the provider once, what was taken first.
-- Who: functions of ours, which hold the order. Locks: none.
create or replace function payments.post_dispute_money(p_dispute payments.disputes, p_object jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_entry record;
begin
  for v_entry in
    select e.id, e.amount, e.fee, to_timestamp(e.created) as event_at
    from jsonb_to_recordset(nullif(p_object -> 'balance_transactions', 'null')) as e (id text, amount bigint, fee bigint, created double precision)
    order by e.amount
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
