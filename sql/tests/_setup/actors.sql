-- Who a test speaks as. The vocabulary is that of supabase-test-helpers, so that a test reads alike there and here.
-- Every change of actor replaces role, claims and headers together: nothing is left of the last one.
-- `reset role` returns to the direct login of the test itself.
create schema if not exists tests;
grant usage on schema tests to anon, authenticated, service_role;

create or replace function tests.create_supabase_user(
  identifier text, email text default null, phone text default null, metadata jsonb default null
) returns uuid language sql volatile security definer set search_path = '' as $$
  insert into auth.users (id, email, phone, raw_user_meta_data)
  select
    u.id,
    coalesce(create_supabase_user.email, u.id || '@test.com'),
    create_supabase_user.phone,
    jsonb_build_object('test_identifier', create_supabase_user.identifier)
      || coalesce(create_supabase_user.metadata, '{}')
  from (select gen_random_uuid() as id) as u
  returning id
$$;

create or replace function tests.get_supabase_user(identifier text)
returns json language plpgsql stable security definer set search_path = '' as $$
declare
  v_user json;
begin
  select json_build_object('id', u.id, 'email', u.email, 'phone', u.phone, 'raw_user_meta_data', u.raw_user_meta_data)
  into v_user
  from auth.users as u
  where u.raw_user_meta_data ->> 'test_identifier' = get_supabase_user.identifier;
  if not found then
    raise exception 'no test user is called %', get_supabase_user.identifier
      using hint = 'make one with tests.create_supabase_user';
  end if;
  return v_user;
end $$;

create or replace function tests.get_supabase_uid(identifier text)
returns uuid language sql stable set search_path = '' as $$
  select (tests.get_supabase_user(get_supabase_uid.identifier) ->> 'id')::uuid
$$;

--- What PostgREST sets for each request.
create or replace function tests.become(role text, claims jsonb, session text default null)
returns void language plpgsql volatile as $$
begin
  perform set_config('role', become.role, false);
  perform set_config('request.jwt.claims', (become.claims || jsonb_build_object('role', become.role))::text, false);
  perform set_config(
    'request.headers', jsonb_strip_nulls(jsonb_build_object('x-session-id', become.session))::text, false);
end $$;

create or replace function tests.authenticate_as(identifier text, session text default null)
returns void language plpgsql volatile as $$
declare
  v_user json := tests.get_supabase_user(authenticate_as.identifier);
begin
  perform tests.become(
    'authenticated',
    jsonb_build_object(
      'sub', v_user ->> 'id', 'email', v_user ->> 'email', 'phone', v_user ->> 'phone',
      'user_metadata', v_user -> 'raw_user_meta_data'),
    authenticate_as.session);
end $$;

create or replace function tests.authenticate_as_service_role()
returns void language plpgsql volatile as $$
begin
  perform tests.become('service_role', '{}');
end $$;

create or replace function tests.clear_authentication()
returns void language plpgsql volatile as $$
begin
  perform tests.become('anon', '{}');
end $$;

--- A visitor of the site who is not signed in, known by a session id if one is given.
create or replace function tests.as_anon(session text default null)
returns void language plpgsql volatile as $$
begin
  perform tests.become('anon', '{}', as_anon.session);
end $$;

--- A member of staff of one city, or of every city.
create or replace function tests.as_staff(role text, city text default null)
returns void language plpgsql volatile as $$
begin
  perform tests.become(
    'authenticated',
    jsonb_strip_nulls(jsonb_build_object('sub', tests.staff(as_staff.role, as_staff.city), 'city_code', as_staff.city)));
end $$;

--- The user who has that office; made when first asked for.
create or replace function tests.staff(role text, city text)
returns uuid language plpgsql volatile security definer set search_path = '' as $$
declare
  v_identifier text := concat_ws('_', staff.role, staff.city);
  v_id uuid;
begin
  select u.id into v_id from auth.users as u where u.raw_user_meta_data ->> 'test_identifier' = v_identifier;
  if not found then
    v_id := tests.create_supabase_user(v_identifier);
    insert into access.user_roles (user_id, role, city_code) values (v_id::text, staff.role, staff.city);
  end if;
  return v_id;
end $$;

grant execute on all functions in schema tests to anon, authenticated, service_role;
