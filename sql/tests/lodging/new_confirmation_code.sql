begin;
select plan(3);

select matches(lodging.new_confirmation_code(2030), '^RES-2030-[0-9A-HJKMNP-TV-Z]{6}$', 'a code has no letters that look alike');
select cmp_ok((select count(distinct lodging.new_confirmation_code(2030)) from generate_series(1, 1000)), '>=', 998::bigint, 'codes differ');
select is((select count(distinct l.letter)
           from (select lodging.new_confirmation_code(2030) as code from generate_series(1, 1000)) as c
           cross join regexp_split_to_table(substr(c.code, 10), '') as l (letter)), 32::bigint,
  'all letters are used');

select * from finish();
rollback;
