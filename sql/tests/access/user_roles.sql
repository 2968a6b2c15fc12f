begin;
select plan(4);

insert into core.cities (code, name, timezone) values ('URB', 'Urubici', 'America/Sao_Paulo');
insert into access.user_roles (user_id, role, city_code) values ('ada', 'agent', 'URB'), ('boss', 'admin', null);

select throws_ok(
  $$insert into access.user_roles (user_id, role) values ('boss', 'admin')$$, '23505', null, 'a role is given once');
select throws_ok(
  $$insert into access.user_roles (user_id, role) values ('boss', 'emperor')$$, '23514', null, 'and must exist');
delete from access.user_roles where user_id = 'ada';
select results_eq(
  $$select event_type, city_code, metadata ->> 'user_id' from audit.audit_logs where entity_type = 'user_role' order by seq$$,
  $$values ('user_role.created', 'URB', 'ada'), ('user_role.created', null, 'boss'), ('user_role.deleted', 'URB', 'ada')$$,
  'appointments and dismissals are recorded');
select tests.as_staff('admin');
select throws_ok('table access.user_roles', '42501', null, 'clients do not read roles');
reset role;

select * from finish();
rollback;
