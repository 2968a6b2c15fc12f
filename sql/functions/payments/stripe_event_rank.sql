-- The order in which events that waited for one object are applied.
-- Who: ingest_stripe_event. Locks: none.
create or replace function payments.stripe_event_rank(p_type text)
returns integer
language sql immutable security definer
set search_path = ''
as $$
  select case
    when p_type like 'checkout.session.%' then 1
    when p_type = 'payment_intent.created' then 2
    when p_type in ('payment_intent.requires_action', 'payment_intent.processing') then 3
    when p_type = 'payment_intent.payment_failed' then 4
    when p_type = 'payment_intent.amount_capturable_updated' then 5
    when p_type = 'payment_intent.canceled' then 6
    when p_type = 'payment_intent.succeeded' then 7
    when p_type like 'charge.dispute.%' then 12
    when p_type in ('refund.failed', 'charge.refund.updated') then 11
    when p_type = 'refund.updated' then 10
    when p_type like 'refund.%' then 9
    else 8
  end
$$;
comment on function payments.stripe_event_rank(text) is 'Rank of a type of event; lower ranks are applied first.';
revoke all on function payments.stripe_event_rank(text) from public;
