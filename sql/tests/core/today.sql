begin;
select plan(4);

insert into core.cities (code, name, timezone) values ('URB', 'Urubici', 'America/Sao_Paulo'), ('TYO', 'Tokyo', 'Asia/Tokyo');
select tests.freeze_time('2026-03-01 01:00+00');

select is(core.today('URB'), '2026-02-28'::date, 'in the west it is still yesterday');
select is(core.today('TYO'), '2026-03-01'::date, 'in the east it is today');
set local timezone = 'Pacific/Kiritimati';
select is(core.today('URB'), '2026-02-28'::date, 'the zone of the session does not matter');
select is(core.today('NONE'), null, 'an unknown city has no date');

select * from finish();
rollback;
