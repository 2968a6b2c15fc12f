begin;
select plan(8);

insert into core.cities (code, name, timezone) values ('URB', 'Urubici', 'America/Sao_Paulo');
create temporary table opened as
  select core.open_exception('odd_amount', 'URB', null, '{"amount": 1}') as id;

select is(core.open_exception('odd_amount', 'URB', null, '{"amount": 1}'), (select id from opened), 'a case is opened once');
select isnt(core.open_exception('odd_amount', 'URB', null, '{"amount": 2}'), (select id from opened), 'another detail is another case');
select isnt(core.open_exception('odd_amount', 'ALL', null, '{"amount": 1}'), (select id from opened), 'so is another city');
select isnt(core.open_exception('odd_currency', 'URB', null, '{"amount": 1}'), (select id from opened), 'and another kind');
update core.exceptions set resolved_at = now(), resolved_by = 'ada' where id = (select id from opened);
select isnt(core.open_exception('odd_amount', 'URB', null, '{"amount": 1}'), (select id from opened), 'a case that comes back is new');
select is((select count(*) from core.exceptions), 5::bigint, 'every case is kept');
select throws_ok(
  $$update core.exceptions set resolved_at = now()$$, '23514', null, 'a case is resolved by somebody');
select is(
  (select count(*) from audit.audit_logs where entity_id = (select id from opened)), 2::bigint,
  'opening and resolving are recorded');

select * from finish();
rollback;
