-- Demand that a caller's JSON is something of Stripe: an object that has an id, and says what it is.
-- Who: functions of ours. Locks: none. Fails with: INVALID_REQUEST.
create or replace function payments.require_stripe_object(p_object jsonb, p_kind_key text default 'object')
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if coalesce(payments.stripe_id(p_object -> 'id'), '') = '' or jsonb_typeof(p_object -> 'id') <> 'string'
     or jsonb_typeof(p_object -> p_kind_key) is distinct from 'string'
  then
    perform core.raise('INVALID_REQUEST', jsonb_build_object('needs', 'id and ' || p_kind_key));
  end if;
end;
$$;
comment on function payments.require_stripe_object(jsonb, text) is
  'Raises INVALID_REQUEST unless the JSON has an id and, under p_kind_key, says what it is.';
revoke all on function payments.require_stripe_object(jsonb, text) from public;
