begin;
select plan(15);

select is(core.is_transient(s), true, s || ' may pass')
from unnest(array['08006', '40001', '40P01', '53200', '55P03', '57014', '58030', 'XX000']) as s;
select is(core.is_transient(s), false, s || ' will not')
from unnest(array['22012', '23505', '23514', '42501', 'PT404', 'PT503', 'P0002']) as s;

select * from finish();
rollback;
