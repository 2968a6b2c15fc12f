begin;
select plan(12);

grant usage on schema access to anon, authenticated, service_role;

insert into core.cities (code, name, timezone)
values ('URB', 'Urubici', 'America/Sao_Paulo'), ('FLN', 'Florianopolis', 'America/Sao_Paulo');
insert into access.user_roles (user_id, role, city_code) values
  ('ada', 'agent', 'URB'), ('ada', 'supervisor', 'FLN'), ('boss', 'admin', null), ('vera', 'vendor', 'URB'),
  ('gil', 'agent', null), ('rui', 'agent', 'ALL');
create function pg_temp.cities(p_subject text, p_roles text[], p_city text default null, p_role text default 'authenticated')
returns text[] language plpgsql as $$
declare
  v_cities text[];
begin
  perform set_config('request.jwt.claims', jsonb_strip_nulls(jsonb_build_object('sub', p_subject, 'city_code', p_city))::text, true);
  perform set_config('role', p_role, true);
  v_cities := access.staff_cities(p_roles);
  perform set_config('role', 'none', true);
  return v_cities;
end $$;
grant execute on function access.staff_cities(text[]) to anon, authenticated, service_role;

select is(pg_temp.cities('ada', array['agent', 'supervisor']), array['FLN', 'URB'], 'staff have the cities of their roles');
select is(pg_temp.cities('ada', array['agent']), array['URB'], 'each role for its own');
select is(pg_temp.cities('ada', array['admin']), '{}'::text[], 'and no other');
select is(pg_temp.cities('boss', array['admin']), array['ALL', 'FLN', 'URB'], 'a role without a city is for every city');
select is(pg_temp.cities('boss', array['admin'], 'URB'), array['URB'], 'the token narrows them to one');
select is(pg_temp.cities('ada', array['agent'], 'FLN'), '{}'::text[], 'and gives none');
select is(pg_temp.cities('bob', array['admin', 'agent']), '{}'::text[], 'who has no role has no city');
select is(pg_temp.cities(null, array['admin', 'agent']), '{}'::text[], 'nor has who is not signed in');
select is(pg_temp.cities('boss', array['admin'], null, 'anon'), '{}'::text[], 'a subject without a signed-in role is nobody');
select is(pg_temp.cities('boss', array['admin'], null, 'service_role'), '{}'::text[], 'the system is not staff');
select is(pg_temp.cities('gil', array['agent']), array['FLN', 'URB'], 'an agent of every city has no part in what belongs to none');
select is(pg_temp.cities('rui', array['agent']), '{}'::text[], 'nor has one of just that');

select * from finish();
rollback;
