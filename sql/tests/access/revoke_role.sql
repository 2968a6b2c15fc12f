begin;
select plan(15);

insert into core.cities (code, name, timezone)
values ('URB', 'Urubici', 'America/Sao_Paulo'), ('FLN', 'Florianopolis', 'America/Sao_Paulo');
insert into access.user_roles (user_id, role, city_code) values
  ('boss', 'admin', null), ('dora', 'admin', null), ('carl', 'city_admin', 'URB'), ('ulla', 'city_admin', 'URB'),
  ('ada', 'agent', 'URB'), ('ada', 'agent', 'FLN'), ('ada', 'agent', null);
create function pg_temp.roles(p_user text) returns text[] language sql security definer as $$
  select array_agg(concat_ws(' ', role, city_code) order by role, city_code) from access.user_roles where user_id = p_user
$$;

-- the administrator of a city
select tests.become('authenticated', '{"sub": "carl"}');
select is(
  api.revoke_role('ada', 'agent', 'URB'), '{"user_id": "ada", "role": "agent", "city_code": "URB", "is_granted": false}',
  'a city''s administrator dismisses its agents');
select is(pg_temp.roles('ada'), array['agent FLN', 'agent'], 'from that appointment');
select is(api.revoke_role('ada', 'agent', 'URB') ->> 'is_granted', 'false', 'a second time is the same');
select tests.throws_code($$select api.revoke_role('ada', 'agent', 'FLN')$$, 'FORBIDDEN', 'not those of another city');
select tests.throws_code($$select api.revoke_role('ada', 'agent', null)$$, 'FORBIDDEN', 'nor those of every city');
select tests.throws_code($$select api.revoke_role('ulla', 'city_admin', 'URB')$$, 'FORBIDDEN', 'nor his like');

-- administrators
select tests.become('authenticated', '{"sub": "boss"}');
select api.revoke_role('ada', 'agent', null);
select is(pg_temp.roles('ada'), array['agent FLN'], 'an administrator dismisses from every appointment by itself');
select tests.throws_code($$select api.revoke_role('boss', 'admin', null)$$, 'FORBIDDEN', 'nobody dismisses himself');
select lives_ok($$select api.revoke_role('dora', 'admin', null)$$, 'but his like');
select is(pg_temp.roles('boss'), array['admin'], 'so that one is left');
select tests.become('authenticated', '{"sub": "dora"}');
select tests.throws_code($$select api.revoke_role('boss', 'admin', null)$$, 'FORBIDDEN', 'who was dismissed dismisses nobody');
select tests.authenticate_as_service_role();
select lives_ok($$select api.revoke_role('boss', 'admin', null)$$, 'the system dismisses everybody');

-- everybody else
select tests.become('authenticated', '{"sub": "ada"}');
select tests.throws_code($$select api.revoke_role('carl', 'city_admin', 'URB')$$, 'FORBIDDEN', 'agents dismiss nobody');
select tests.as_anon();
select throws_ok($$select api.revoke_role('carl', 'city_admin', 'URB')$$, '42501', null, 'nor do guests');
reset role;

select results_eq(
  $$select actor_subject, metadata ->> 'user_id', city_code from audit.audit_logs where event_type = 'user_role.deleted' order by seq$$,
  $$values ('carl', 'ada', 'URB'), ('boss', 'ada', null), ('boss', 'dora', null), ('service_role', 'boss', null)$$,
  'every dismissal is recorded, with who made it');

select * from finish();
rollback;
