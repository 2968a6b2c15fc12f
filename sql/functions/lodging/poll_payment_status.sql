-- How an intent and its payment stand.
-- Who: the guest or customer of the intent. Locks: none. Fails with: BOOKING_INTENT_NOT_FOUND.
create or replace function lodging.poll_payment_status(p_booking_intent_id uuid, p_session_id text)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform lodging.require_own_intent(p_booking_intent_id, p_session_id);
  return (
    select jsonb_strip_nulls(jsonb_build_object(
      'booking_intent_id', i.id,
      'status', lodging.public_status(i.status),
      'payment_status', case
        when p.amount_captured > 0 then 'succeeded'
        when p.status in ('processing', 'authorized') then 'processing'
        when p.status in ('failed', 'cancelled', 'expired') then 'failed'
        else p.status::text
      end,
      'payment_method', p.method,
      'error_message', case
        when p.amount_captured > 0 and i.status in ('expired', 'cancelled')
          then 'The payment came when the nights were no longer free; it is refunded in full.'
        when p.status in ('failed', 'cancelled', 'expired') then p.failure_message
      end))
    from lodging.booking_intents as i
    left join lateral (
      select * from payments.payments as p
      where p.booking_id = i.id and not p.is_surplus
      order by p.amount_captured > 0 desc, p.created_at desc, p.id desc
      limit 1) as p on true
    where i.id = p_booking_intent_id);
end;
$$;
comment on function lodging.poll_payment_status(uuid, text) is 'Status of an intent and of the payment that counts for it.';
revoke all on function lodging.poll_payment_status(uuid, text) from public;
grant execute on function lodging.poll_payment_status(uuid, text) to anon, authenticated, service_role;
