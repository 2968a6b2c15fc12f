begin;
select plan(7);

insert into core.cities (code, name, timezone)
values ('URB', 'Urubici', 'America/Sao_Paulo'), ('FLN', 'Florianopolis', 'America/Sao_Paulo');
grant usage on schema access to anon, authenticated, service_role;
grant execute on function access.is_staff(text, text[]) to anon, authenticated, service_role;

select is(access.is_staff('URB', array['agent']), true, 'a direct login of the owner may do what staff may');
select tests.authenticate_as_service_role();
select is(access.is_staff('URB', array['agent']), true, 'so may the system');
select tests.as_staff('agent', 'URB');
select is(access.is_staff('URB', array['agent', 'supervisor']), true, 'an agent is staff of the city');
select is(access.is_staff('FLN', array['agent', 'supervisor']), false, 'but not of another');
select is(access.is_staff('URB', array['supervisor']), false, 'nor a supervisor');
select is(access.is_staff(null, array['agent']), false, 'nor of no city');
select tests.as_anon();
select is(access.is_staff('URB', array['agent']), false, 'a guest is not');
reset role;

select * from finish();
rollback;
