begin;
select plan(13);

insert into core.cities (code, name, timezone)
values ('URB', 'Urubici', 'America/Sao_Paulo'), ('FLN', 'Florianopolis', 'America/Sao_Paulo');
grant usage on schema access to anon, authenticated, service_role;
create function pg_temp.as_ada(city text default null) returns void language plpgsql as $$
begin
  perform tests.become('authenticated', jsonb_strip_nulls(jsonb_build_object('sub', 'ada', 'city_code', city)));
end $$;

select is(access.role(), session_user::text, 'a direct login is itself');
select tests.as_anon();
select is(access.role(), 'anon', 'a guest is nobody');
select tests.authenticate_as_service_role();
select is(access.role(), 'service_role', 'the system is the system');
select pg_temp.as_ada();
select is(access.role(), 'authenticated', 'who was not appointed is a customer');
reset role;
insert into access.user_roles (user_id, role, city_code) values ('ada', 'vendor', 'URB'), ('ada', 'agent', 'URB'), ('ada', 'supervisor', 'FLN');
select pg_temp.as_ada('URB');
select is(access.role(), 'agent', 'the strongest role in the chosen city counts');
select pg_temp.as_ada('FLN');
select is(access.role(), 'supervisor', 'in each city its own');
select pg_temp.as_ada('ALL');
select is(access.role(), 'authenticated', 'in others none');
select pg_temp.as_ada();
select is(access.role(), 'supervisor', 'without a choice the strongest of all');
reset role;
insert into access.user_roles (user_id, role) values ('ada', 'admin');
select pg_temp.as_ada('URB');
select is(access.role(), 'admin', 'an administrator is one in every city');
select tests.become('anon', '{"sub": "ada"}');
select is(access.role(), 'anon', 'a subject that is not signed in has no role');
reset role;
select set_config('request.jwt.claims', '{"sub": "ada", "role": "service_role"}', true);
select is(access.role(), session_user::text, 'and no claim makes one');

select is(array_length(access.roles(), 1), 5, 'there are five roles');
select lives_ok(
  $$insert into access.user_roles (user_id, role) select 'bob', r from unnest(access.roles()) as r$$, 'which the table knows');

select * from finish();
rollback;
