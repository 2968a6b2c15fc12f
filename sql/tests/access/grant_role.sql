begin;
select plan(28);

insert into core.cities (code, name, timezone)
values ('URB', 'Urubici', 'America/Sao_Paulo'), ('FLN', 'Florianopolis', 'America/Sao_Paulo');
create function pg_temp.roles(p_user text) returns text[] language sql security definer as $$
  select array_agg(concat_ws(' ', role, city_code) order by role, city_code) from access.user_roles where user_id = p_user
$$;

-- the system
select tests.authenticate_as_service_role();
select is(
  api.grant_role('boss', 'admin', null), '{"user_id": "boss", "role": "admin", "city_code": null, "is_granted": true}',
  'the system appoints the first administrator');

-- an administrator
select tests.become('authenticated', '{"sub": "boss"}');
select api.grant_role('carl', 'city_admin', 'URB');
select is(pg_temp.roles('carl'), array['city_admin URB'], 'who appoints administrators of cities');
select api.grant_role('dora', 'admin', null);
select is(pg_temp.roles('dora'), array['admin'], 'others like himself');
select api.grant_role('vera', 'vendor', 'FLN');
select is(pg_temp.roles('vera'), array['vendor FLN'], 'and vendors');
select is(api.grant_role('carl', 'city_admin', 'URB') ->> 'is_granted', 'true', 'a second time is the same');
select is(pg_temp.roles('carl'), array['city_admin URB'], 'and adds nothing');
select api.grant_role('carl', 'agent', 'FLN');
select is(pg_temp.roles('carl'), array['agent FLN', 'city_admin URB'], 'somebody may have several roles');
select tests.throws_code($$select api.grant_role('eve', 'emperor', 'URB')$$, 'INVALID_PARAMETER', 'the role must exist');
select tests.throws_code($$select api.grant_role('eve', 'agent', 'XXX')$$, 'INVALID_PARAMETER', 'and the city');
select tests.throws_code($$select api.grant_role('', 'agent', 'URB')$$, 'INVALID_PARAMETER', 'the user has a name');
select tests.throws_code($$select api.grant_role(null, 'agent', 'URB')$$, 'MISSING_REQUIRED_FIELD', 'in any case');
select tests.throws_code($$select api.grant_role('eve', null, 'URB')$$, 'MISSING_REQUIRED_FIELD', 'and so has what he shall be');
select tests.become('authenticated', '{"sub": "boss", "city_code": "URB"}');
select lives_ok($$select api.grant_role('ulla', 'city_admin', 'URB')$$, 'with a token for one city he appoints in that city');
select tests.throws_code($$select api.grant_role('eve', 'agent', 'FLN')$$, 'FORBIDDEN', 'not in another');
select tests.throws_code($$select api.grant_role('eve', 'agent', null)$$, 'FORBIDDEN', 'nor in every city');

-- the administrator of a city
select tests.become('authenticated', '{"sub": "carl"}');
select lives_ok($$select api.grant_role('ada', 'agent', 'URB')$$, 'a city''s administrator appoints its agents');
select lives_ok($$select api.grant_role('ada', 'supervisor', 'URB')$$, 'and supervisors');
select is(pg_temp.roles('ada'), array['agent URB', 'supervisor URB'], 'who then have the role');
select tests.throws_code($$select api.grant_role('ada', 'agent', 'FLN')$$, 'FORBIDDEN', 'not those of a city of which he is but an agent');
select tests.throws_code($$select api.grant_role('ada', 'agent', null)$$, 'FORBIDDEN', 'not those of every city');
select tests.throws_code($$select api.grant_role('ada', 'agent', 'XXX')$$, 'FORBIDDEN', 'and is not told which cities there are');
select tests.throws_code($$select api.grant_role('ada', 'city_admin', 'URB')$$, 'FORBIDDEN', 'nor his like');
select tests.throws_code($$select api.grant_role('carl', 'admin', null)$$, 'FORBIDDEN', 'nor himself to more');

-- everybody else (access.require_appointer)
select tests.become('authenticated', '{"sub": "ada"}');
select tests.throws_code($$select api.grant_role('eve', 'agent', 'URB')$$, 'FORBIDDEN', 'supervisors and agents appoint nobody');
select tests.become('authenticated', '{}');
select tests.throws_code($$select api.grant_role('eve', 'agent', 'URB')$$, 'UNAUTHORIZED', 'nor does who has no name');
select tests.as_anon();
select throws_ok($$select api.grant_role('eve', 'agent', 'URB')$$, '42501', null, 'nor does a guest');
reset role;
select is(pg_temp.roles('eve'), null, 'so nothing has changed');

-- the log
select results_eq(
  $$select actor_subject, metadata ->> 'role', city_code from audit.audit_logs
    where entity_type = 'user_role' and metadata ->> 'user_id' in ('boss', 'ada') order by seq$$,
  $$values ('service_role', 'admin', null), ('carl', 'agent', 'URB'), ('carl', 'supervisor', 'URB')$$, 'every appointment is recorded, with who made it');

select * from finish();
rollback;
