-- What a Stripe object is about: its payment intent, or itself where it has none. Events wait for this.
-- Who: functions of ours. Locks: none.
create or replace function payments.stripe_key(p_object jsonb)
returns text
language sql immutable security definer
set search_path = ''
as $$
  select coalesce(payments.stripe_id(p_object -> 'payment_intent'), payments.stripe_id(p_object -> 'id'))
$$;
comment on function payments.stripe_key(jsonb) is 'The id of the payment intent that a Stripe object belongs to, else its own.';
revoke all on function payments.stripe_key(jsonb) from public;
