begin;
select plan(5);

create temporary table made as
  select n, core.new_id() as id from generate_series(1, 10000) as n;

select is((select count(distinct id) from made), 10000::bigint, 'ids are unique');
select is_empty(
  $$select id from made where id::text !~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'$$,
  'ids are UUIDs of version 7');
select is_empty(
  $$select id from made
    where abs(extract(epoch from clock_timestamp()) * 1000
      - ('x' || lpad(replace(left(id::text, 13), '-', ''), 16, '0'))::bit(64)::bigint) > 60000$$,
  'an id begins with the time in milliseconds');
select is_empty(
  $$select a.n from made as a join made as b on b.n = a.n + 100 where a.id >= b.id$$,
  'later ids are greater');
select is((select count(distinct substr(id::text, 20)) from made), 10000::bigint, 'the rest is random');

select * from finish();
rollback;
