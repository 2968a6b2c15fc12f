-- Who pays for a stay: asked by payments, for providers that want to know.
-- Who: payments. Locks: none.
create or replace function lodging.payer(p_booking_id uuid)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_strip_nulls(jsonb_build_object('email', t.email, 'first_name', t.first_name, 'last_name', t.last_name))
  from lodging.booking_intents as i
  join lodging.travelers as t on t.id = i.traveler_id
  where i.id = p_booking_id
$$;
comment on function lodging.payer(uuid) is 'Name and e-mail of the guest of an intent.';
revoke all on function lodging.payer(uuid) from public;
