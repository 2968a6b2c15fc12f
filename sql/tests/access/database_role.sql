begin;
select plan(4);

grant usage on schema access to anon, authenticated, service_role;

select is(access.database_role(), session_user::text, 'a direct login acts as itself');
select tests.as_anon();
select is(access.database_role(), 'anon', 'a guest acts as anon');
reset role;
select set_config('request.jwt.claims', '{"role": "service_role"}', true);
select is(access.database_role(), session_user::text, 'a claim does not make a role');
select tests.authenticate_as_service_role();
select is(access.database_role(), 'service_role', 'the system acts as service_role');
reset role;

select * from finish();
rollback;
