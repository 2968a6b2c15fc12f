-- The roles and the auth schema that Supabase brings along. Where they exist they are left alone;
-- on plain PostgreSQL this makes a stand-in with the same names.
do $$
declare
  v_role text;
begin
  foreach v_role in array array['anon', 'authenticated', 'service_role'] loop
    if not exists (select from pg_roles where rolname = v_role) then
      execute format('create role %I nologin noinherit', v_role);
    end if;
  end loop;
  if not exists (select from pg_roles where rolname = 'authenticator') then
    create role authenticator nologin noinherit;
    grant anon, authenticated, service_role to authenticator;
  end if;

  if to_regnamespace('auth') is null then
    create schema auth;
    create table auth.users (
      id uuid primary key default gen_random_uuid(),
      email text unique,
      phone text unique,
      raw_user_meta_data jsonb not null default '{}',
      created_at timestamptz not null default clock_timestamp()
    );
    create function auth.jwt() returns jsonb language sql stable set search_path = '' as
      $f$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb $f$;
    create function auth.uid() returns uuid language sql stable set search_path = '' as
      $f$ select (auth.jwt() ->> 'sub')::uuid $f$;
    create function auth.role() returns text language sql stable set search_path = '' as
      $f$ select auth.jwt() ->> 'role' $f$;
    grant usage on schema auth to anon, authenticated, service_role;
  end if;
end $$;
