-- What came of a Stripe object. Statuses: processed, ignored, waiting (for what stripe_key says), failed.
-- Who: functions of ours. Locks: none.
create or replace function payments.outcome(p_status text, p_booking_id uuid default null)
returns jsonb
language sql immutable security definer
set search_path = ''
as $$
  select jsonb_build_object('status', p_status, 'booking_id', p_booking_id)
$$;
comment on function payments.outcome(text, uuid) is 'The outcome of a Stripe object: its status and the order it belongs to.';
revoke all on function payments.outcome(text, uuid) from public;
