-- Until when the nights of an unpaid intent are held: asked by payments.
-- Who: payments, which holds the order. Locks: none.
create or replace function lodging.pay_by(p_booking_id uuid)
returns timestamptz
language sql stable security definer
set search_path = ''
as $$
  select i.expires_at from lodging.booking_intents as i where i.id = p_booking_id
$$;
comment on function lodging.pay_by(uuid) is 'The end of the hold of an intent.';
revoke all on function lodging.pay_by(uuid) from public;
