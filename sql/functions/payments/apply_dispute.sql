-- Bring a dispute up to a snapshot of the provider's, in whatever order they come: what was taken and given back only grows, an
-- inquiry may become a dispute, and its end is final, though a bank may give back what was lost. One that was lost waits until it
-- is known what was taken.
-- Who: functions of ours. Locks: the order, the payment, what ledger and line lock.
create or replace function payments.apply_dispute(p_object jsonb, p_at timestamptz)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_id constant text := p_object ->> 'id';
  v_told constant text := p_object ->> 'status';
  v_end constant text := case when v_told = 'lost' then 'lost' when v_told in ('won', 'warning_closed', 'prevented') then 'won' end;
  v_moved constant record := payments.dispute_money(p_object);
  v_payment payments.payments;
  v_was payments.disputes;
  v_dispute payments.disputes;
begin
  v_payment := payments.lock_payment(coalesce(
    (select d.payment_id from payments.disputes as d where d.gateway_dispute_id = v_id), payments.find_payment(p_object)));
  select * into v_was from payments.disputes as d where d.gateway_dispute_id = v_id;
  if v_payment.id is null or v_payment.amount_captured = 0
     or v_end = 'lost' and greatest(v_moved.withdrawn, v_was.withdrawn_amount) = 0
  then
    return payments.outcome('waiting');
  end if;
  if not payments.agrees(v_payment, p_object,
    jsonb_build_object('currencies', jsonb_build_array(lower(v_payment.currency)),
      'end', case when v_end is not null then coalesce(nullif(v_was.status, 'open'), v_end) end),
    jsonb_build_object('currencies', v_moved.currencies, 'end', v_end))
  then
    return payments.outcome('ignored', v_payment.booking_id);
  end if;

  if v_was.id is null then
    v_was := payments.open_dispute(v_payment, p_object);
  end if;
  update payments.disputes as d
  set is_inquiry = d.is_inquiry and coalesce(v_told like 'warning%' or v_told = 'prevented', true),
      withdrawn_amount = greatest(d.withdrawn_amount, v_moved.withdrawn),
      reinstated_amount = greatest(d.reinstated_amount, v_moved.reinstated)
  where d.id = v_was.id
  returning * into v_dispute;
  perform payments.post_dispute_money(v_dispute, p_object);
  if v_was.is_inquiry and not v_dispute.is_inquiry then
    perform payments.tell_line(v_payment, 'disputed');
  end if;
  if v_dispute.status = 'lost' then
    perform payments.regain_loss(v_payment, v_dispute, p_at);
  elsif v_dispute.status = 'open' and v_end is not null then
    perform payments.close_dispute(v_payment, v_dispute, v_end, p_at);
  end if;
  return payments.outcome('processed', v_payment.booking_id);
end;
$$;
comment on function payments.apply_dispute(jsonb, timestamptz) is 'Applies a dispute of Stripe to ours.';
revoke all on function payments.apply_dispute(jsonb, timestamptz) from public;
