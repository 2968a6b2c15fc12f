begin;
select plan(6);

create schema toy;
create table toy.cities (code text);
create function toy.on_city_added(p_code text) returns void language sql as $$insert into toy.cities values (p_code)$$;
insert into core.modules (name, position) values ('toy', 5000);

select results_eq(
  $$select t.name::text collate "default" from tests.triggers as t where t.function = 'tg_cities__call_hooks'$$, array['_500_call_hooks'],
  'cities have the trigger');
insert into core.cities (code, name, timezone)
values ('URB', 'Urubici', 'America/Sao_Paulo'), ('FLN', 'Florianopolis', 'America/Sao_Paulo');
select bag_eq('table toy.cities', array['URB', 'FLN'], 'every module is told of every new city');
update core.cities set is_active = false where code = 'URB';
select is((select count(*) from toy.cities), 2::bigint, 'a changed city is not new');
select results_eq(
  $$select event_type, metadata ->> 'is_active' from audit.audit_logs where entity_type = 'city' order by seq$$,
  $$values ('city.created', 'true'), ('city.created', 'true'), ('city.updated', '[true, false]')$$,
  'cities are recorded');
select throws_ok(
  $$insert into core.cities (code, name, timezone) values ('XX', 'X', 'Mars/Olympus')$$, '22023', null,
  'a city lies in a time zone that exists');
select throws_ok(
  $$insert into core.cities (code, name, timezone) values ('urb', 'X', 'UTC')$$, '23514', null,
  'its code is short and upper case');

select * from finish();
rollback;
