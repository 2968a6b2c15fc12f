-- The id in a field of a Stripe object, which holds the id alone or the object in full. Stripe's ids have at most 255 characters.
-- Who: functions of ours. Locks: none.
create or replace function payments.stripe_id(p_field jsonb)
returns text
language sql immutable security definer
set search_path = ''
as $$
  select case when length(v.id) <= 255 then v.id end
  from (select case jsonb_typeof(p_field) when 'object' then p_field ->> 'id' when 'string' then p_field #>> '{}' end as id) as v
$$;
comment on function payments.stripe_id(jsonb) is 'The id in a field that may be expanded; null where there is none.';
revoke all on function payments.stripe_id(jsonb) from public;
