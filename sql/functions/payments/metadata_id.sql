-- One of our ids in the metadata of a Stripe object: every request of ours carries them.
-- Who: functions of ours. Locks: none.
create or replace function payments.metadata_id(p_object jsonb, p_key text)
returns uuid
language sql immutable security definer
set search_path = ''
as $$
  select case when v.value ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then v.value::uuid end
  from (select p_object -> 'metadata' ->> p_key as value) as v
$$;
comment on function payments.metadata_id(jsonb, text) is 'A uuid in the metadata of a Stripe object; null where it is none.';
revoke all on function payments.metadata_id(jsonb, text) from public;
