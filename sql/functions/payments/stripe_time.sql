-- A time in a Stripe object, where it stands in seconds since 1970.
-- Who: functions of ours. Locks: none. Fails with: as stripe_number.
create or replace function payments.stripe_time(p_object jsonb, p_key text)
returns timestamptz
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  return to_timestamp(payments.stripe_number(p_object, p_key));
end;
$$;
comment on function payments.stripe_time(jsonb, text) is 'A time in a Stripe object.';
revoke all on function payments.stripe_time(jsonb, text) from public;
