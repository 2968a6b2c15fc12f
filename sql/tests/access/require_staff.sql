begin;
select plan(5);

insert into core.cities (code, name, timezone)
values ('URB', 'Urubici', 'America/Sao_Paulo'), ('FLN', 'Florianopolis', 'America/Sao_Paulo');
grant usage on schema access to anon, authenticated, service_role;
grant execute on function access.require_staff(text, text[]) to anon, authenticated, service_role;

select tests.authenticate_as_service_role();
select lives_ok($$select access.require_staff('URB', array['agent'])$$, 'the system passes');
select tests.as_staff('agent', 'URB');
select lives_ok($$select access.require_staff('URB', array['agent'])$$, 'an agent of the city passes');
select tests.throws_code($$select access.require_staff('FLN', array['agent'])$$, 'FORBIDDEN', 'not for another city');
select tests.throws_code($$select access.require_staff('URB', array['supervisor'])$$, 'FORBIDDEN', 'nor as another role');
select tests.as_anon();
select tests.throws_code($$select access.require_staff('URB', array['agent'])$$, 'UNAUTHORIZED', 'a guest must sign in first');
reset role;

select * from finish();
rollback;
