begin;
select plan(6);

insert into core.cities (code, name, timezone)
values ('URB', 'Urubici', 'America/Sao_Paulo'), ('FLN', 'Florianopolis', 'America/Sao_Paulo');
insert into core.settings (key, city_code, value) values ('colour', 'ALL', '"blue"'), ('colour', 'URB', '"green"');

select is(core.setting('colour'), '"blue"', 'the value for all cities');
select is(core.setting('colour', 'FLN'), '"blue"', 'serves a city without its own');
select is(core.setting('colour', 'URB'), '"green"', 'a city''s own value goes first');
select is(core.setting('colour', null), '"blue"', 'without a city it is the value for all');
select tests.throws_code(
  $$select core.setting('flavour')$$, 'INTERNAL_ERROR',
  'a setting that does not exist is an internal error');
select throws_ok(
  $$insert into core.settings (key, city_code, value) values ('colour', 'URB', '"red"')$$, '23505', null,
  'a city has one value of a setting');

select * from finish();
rollback;
