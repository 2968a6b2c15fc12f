-- A whole number in a Stripe object: an amount in minor units, or a time.
-- Who: functions of ours. Locks: none. Fails with: INVALID_REQUEST (missing, no whole number, too small, of more than twelve digits).
create or replace function payments.stripe_number(p_object jsonb, p_key text, p_least bigint default -999999999999)
returns bigint
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_number constant numeric := case jsonb_typeof(p_object -> p_key) when 'number' then (p_object -> p_key)::numeric end;
begin
  if (v_number between p_least and 999999999999 and v_number = trunc(v_number)) is not true then
    perform core.raise('INVALID_REQUEST', jsonb_build_object('needs', format('%s, a whole number from %s to 999999999999', p_key, p_least)));
  end if;
  return v_number;
end;
$$;
comment on function payments.stripe_number(jsonb, text, bigint) is 'A whole number of at most twelve digits in a Stripe object, at least p_least.';
revoke all on function payments.stripe_number(jsonb, text, bigint) from public;
