begin;
select plan(4);

grant usage on schema access to anon, authenticated, service_role;
grant execute on function access.require_service() to anon, authenticated, service_role;

select lives_ok('select access.require_service()', 'the owner of the database passes');
select tests.authenticate_as_service_role();
select lives_ok('select access.require_service()', 'so does the system');
select tests.as_staff('admin');
select tests.throws_code('select access.require_service()', 'FORBIDDEN', 'an administrator does not');
select tests.as_anon();
select tests.throws_code('select access.require_service()', 'FORBIDDEN', 'nor a guest');
reset role;

select * from finish();
rollback;
