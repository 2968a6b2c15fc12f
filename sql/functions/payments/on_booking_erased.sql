-- Who booked is forgotten: so is what the provider told of the payer, and the words in which things were explained. Amounts, states and
-- the provider's references stay, for the books.
-- Who: product lines, when they erase somebody; they hold the order. Locks: payments and what hangs on them, events.
create or replace function payments.on_booking_erased(p_booking_id text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  update payments.payments as p
  set gateway_response = null, failure_message = null
  where p.booking_id = p_booking_id::uuid;

  update payments.payment_attempts as a
  set failure_message = null
  from payments.payments as p
  where p.booking_id = p_booking_id::uuid and a.payment_id = p.id;

  update payments.pix_charges as x
  set payer_name = null, payer_document = null, payer_bank_name = null, qr_code_base64 = null, qr_code_text = null, metadata = '{}'
  from payments.payments as p
  where p.booking_id = p_booking_id::uuid and x.payment_id = p.id;

  update payments.refunds as f
  set reason_details = null
  where f.booking_id = p_booking_id::uuid;

  update payments.stripe_events as e
  set payload = '{}', last_error = null, forgotten_at = clock_timestamp()
  where e.status in ('processed', 'ignored') and e.forgotten_at is null
    and (e.booking_id = p_booking_id::uuid or e.object_id in (
      select ref
      from payments.payments as p
      cross join unnest(array[p.gateway_payment_intent_id, p.stripe_checkout_session_id, p.gateway_charge_id]) as r (ref)
      where p.booking_id = p_booking_id::uuid))
$$;
comment on function payments.on_booking_erased(text) is 'Erases personal data in the payments of a booking and in the events about them.';
revoke all on function payments.on_booking_erased(text) from public;
