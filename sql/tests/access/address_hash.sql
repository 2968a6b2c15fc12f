begin;
select plan(9);

create function pg_temp.hash(p_forwarded text) returns text language plpgsql as $$
begin
  perform set_config('request.headers', jsonb_build_object('x-forwarded-for', p_forwarded)::text, true);
  return access.address_hash();
end $$;
select tests.freeze_time('2026-05-01 12:00+00');
create temporary table seen as select pg_temp.hash('203.0.113.7, 10.0.0.1') as hash;

select is(pg_temp.hash(null), null, 'without an address there is nothing to hash');
select is(pg_temp.hash(''), null, 'nor with an empty one');
select is(pg_temp.hash('203.0.113.7'), (select hash from seen), 'the first entry is the client');
select isnt(pg_temp.hash('203.0.113.8'), (select hash from seen), 'another client has another hash');
select isnt(
  (select hash from seen), encode(sha256('203.0.113.7'), 'hex'), 'the hash is salted');
update core.settings set value = '-1' where key = 'client_address_position';
select is(pg_temp.hash('198.51.100.1, 203.0.113.7'), (select hash from seen), 'or the last, as the proxies write it');

select tests.freeze_time('2026-05-02 12:00+00');
select isnt(pg_temp.hash('203.0.113.7'), (select hash from seen), 'the next day it is another');
select tests.freeze_time('2026-05-03 12:00+00');
select pg_temp.hash('203.0.113.7');
select results_eq(
  'select day from access.daily_salts order by day', $$values ('2026-05-02'::date), ('2026-05-03')$$,
  'older salts are gone, and with them the way back');
select tests.authenticate_as_service_role();
select throws_ok('table access.daily_salts', '42501', null, 'not even the system reads salts');
reset role;

select * from finish();
rollback;
