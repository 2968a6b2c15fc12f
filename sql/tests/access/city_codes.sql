begin;
select plan(8);

insert into core.cities (code, name, timezone)
values ('URB', 'Urubici', 'America/Sao_Paulo'), ('FLN', 'Florianopolis', 'America/Sao_Paulo');

select is(access.city_codes(), '{}'::text[], 'a direct login is no staff');
select tests.as_staff('agent', 'URB');
select throws_ok('select access.city_codes()', '42501', null, 'clients cannot name it; policies call it for them');
reset role;
grant usage on schema access to authenticated, anon;
select tests.as_staff('agent', 'URB');
select is(access.city_codes(), array['URB'], 'an agent has a city');
select tests.as_staff('city_admin', 'FLN');
select is(access.city_codes(), array['FLN'], 'so has a city''s administrator');
select tests.as_staff('supervisor', 'FLN');
select is(access.city_codes(), array['FLN'], 'and a supervisor');
select tests.as_staff('admin');
select is(access.city_codes(), array['ALL', 'FLN', 'URB'], 'an administrator has all');
select tests.as_staff('vendor', 'URB');
select is(access.city_codes(), '{}'::text[], 'a vendor is no staff');
select tests.as_anon();
select is(access.city_codes(), '{}'::text[], 'nor is a guest');
reset role;

select * from finish();
rollback;
