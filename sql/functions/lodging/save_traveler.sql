-- Keep who stays. A customer who is a user of auth.users has one row, found by user id only; everybody else has one per
-- booking.
-- Who: functions of ours. Locks: the traveler. Fails with: INVALID_PARAMETER.
create or replace function lodging.save_traveler(p_traveler jsonb, p_traveler_id uuid default null)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_user_id constant uuid := (select u.id from auth.users as u where u.id = access.user_id());
  v_field record;
  v_email text;
  v_id uuid;
begin
  perform lodging.require_object('traveler', p_traveler, array['first_name', 'last_name', 'email', 'phone']);
  for v_field in select f.key, f.value from jsonb_each(p_traveler) as f loop
    perform core.require_valid('traveler.' || v_field.key, jsonb_typeof(v_field.value) in ('string', 'null'), 'a string');
    perform core.require_valid('traveler.' || v_field.key,
      coalesce(length(btrim(v_field.value #>> '{}')) between 1 and 200, true), '1 to 200 characters');
  end loop;
  v_email := lower(btrim(p_traveler ->> 'email'));
  perform core.require_valid('traveler.email', coalesce(v_email ~ '^[^@[:space:]]+@[^@[:space:]]+$', true), 'an e-mail address');

  update lodging.travelers as t
  set first_name = coalesce(btrim(p_traveler ->> 'first_name'), t.first_name),
      last_name = coalesce(btrim(p_traveler ->> 'last_name'), t.last_name),
      email = coalesce(v_email, t.email),
      phone = coalesce(btrim(p_traveler ->> 'phone'), t.phone)
  where t.id = p_traveler_id and t.auth_user_id is null and v_user_id is null
  returning t.id into v_id;
  if v_id is null then
    insert into lodging.travelers as t (auth_user_id, first_name, last_name, email, phone)
    values (v_user_id, btrim(p_traveler ->> 'first_name'), btrim(p_traveler ->> 'last_name'), v_email, btrim(p_traveler ->> 'phone'))
    on conflict (auth_user_id) do update
      set first_name = coalesce(excluded.first_name, t.first_name), last_name = coalesce(excluded.last_name, t.last_name),
          email = coalesce(excluded.email, t.email), phone = coalesce(excluded.phone, t.phone)
    returning t.id into v_id;
  end if;
  return v_id;
end;
$$;
comment on function lodging.save_traveler(jsonb, uuid) is 'Stores the traveler of a booking and returns its id; what is not sent stays as it was.';
revoke all on function lodging.save_traveler(jsonb, uuid) from public;
