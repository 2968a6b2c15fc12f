-- Open a dispute: the row, which is an inquiry until more is known, and a case for a person, who must answer the bank in time.
-- Who: functions of ours, which hold order and payment. Locks: none. Fails with: INVALID_REQUEST.
create or replace function payments.open_dispute(p_payment payments.payments, p_object jsonb)
returns payments.disputes
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_dispute payments.disputes;
begin
  insert into payments.disputes
    (payment_id, booking_id, city_code, gateway_dispute_id, amount, currency, reason, is_inquiry, opened_at)
  values (
    p_payment.id, p_payment.booking_id, p_payment.city_code, p_object ->> 'id', payments.stripe_number(p_object, 'amount', 1), p_payment.currency,
    p_object ->> 'reason', true, payments.stripe_time(p_object, 'created'))
  returning * into v_dispute;
  perform core.open_exception('payment_disputed', p_payment.city_code, p_payment.booking_id, jsonb_build_object(
    'dispute', p_object -> 'id', 'payment_id', p_payment.id, 'amount', v_dispute.amount, 'reason', v_dispute.reason,
    'answer_by', case when jsonb_typeof(p_object #> '{evidence_details,due_by}') = 'number'
      then payments.stripe_time(p_object -> 'evidence_details', 'due_by') end));
  return v_dispute;
end;
$$;
comment on function payments.open_dispute(payments.payments, jsonb) is 'Adds a dispute of a payment and tells a person.';
revoke all on function payments.open_dispute(payments.payments, jsonb) from public;
