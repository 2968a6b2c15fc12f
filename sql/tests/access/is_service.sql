begin;
select plan(7);

grant usage on schema access to anon, authenticated, service_role;

select is(access.is_service(), true, 'the owner of the database acts for the system');
select tests.authenticate_as_service_role();
select is(access.is_service(), true, 'so does service_role');
select tests.as_staff('admin');
select is(access.is_service(), false, 'an administrator does not');
select tests.as_anon();
select is(access.is_service(), false, 'a guest does not');
select set_config('request.jwt.claims', '{"role": "service_role"}', false);
select is(access.is_service(), false, 'not even with a claim that says so');
reset role;
select set_config('request.jwt.claims', '', false);

create role toy_login login;
grant usage on schema access to toy_login;
set session authorization toy_login;
select is(has_function_privilege('access.is_service()', 'execute'), false, 'another login cannot even ask');
reset session authorization;
grant service_role to toy_login;
alter role toy_login inherit;
set session authorization toy_login;
select is(access.is_service(), true, 'a login with the privileges of service_role acts for the system');
reset session authorization;

select * from finish();
rollback;
