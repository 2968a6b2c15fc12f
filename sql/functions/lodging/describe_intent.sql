-- The answer to create_booking_intent.
-- Who: functions of ours. Locks: none.
create or replace function lodging.describe_intent(p_intent lodging.booking_intents, p_session_id text)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'booking_intent_id', p_intent.id,
    'session_id', p_session_id,
    'status', lodging.public_status(p_intent.status),
    'expires_at', p_intent.expires_at,
    'total_amount', p_intent.total_amount,
    'currency', p_intent.currency,
    'price_breakdown', lodging.describe_price(
      p_intent.base_price, p_intent.taxes, p_intent.fees, p_intent.discount_amount, p_intent.total_amount))
$$;
comment on function lodging.describe_intent(lodging.booking_intents, text) is 'An intent as its guest sees it.';
revoke all on function lodging.describe_intent(lodging.booking_intents, text) from public;
