-- The id in a field of a Stripe object, which holds the id alone or the object in full.
-- Who: functions of ours. Locks: none.
create or replace function payments.stripe_id(p_field jsonb)
returns text
language sql immutable security definer
set search_path = ''
as $$
  select case jsonb_typeof(p_field) when 'object' then p_field ->> 'id' when 'string' then p_field #>> '{}' end
$$;
comment on function payments.stripe_id(jsonb) is 'The id in a field that may be expanded; null where there is none.';
revoke all on function payments.stripe_id(jsonb) from public;
