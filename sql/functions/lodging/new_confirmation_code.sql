-- A confirmation code: RES-<year>- and six letters of Crockford's base 32. Whether it is new, the unique constraint says.
-- Who: functions of ours. Locks: none.
create or replace function lodging.new_confirmation_code(p_year integer)
returns text
language sql volatile security definer
set search_path = ''
as $$
  select 'RES-' || p_year || '-'
    || string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + get_byte(r.bytes, g.i) % 32, 1), '')
  from (select uuid_send(gen_random_uuid()) as bytes) as r
  cross join generate_series(0, 5) as g (i)
$$;
comment on function lodging.new_confirmation_code(integer) is 'A random confirmation code of a year.';
revoke all on function lodging.new_confirmation_code(integer) from public;
