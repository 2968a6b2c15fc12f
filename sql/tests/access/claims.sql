begin;
select plan(8);

create function pg_temp.claims(p_text text) returns jsonb language plpgsql as $$
begin
  perform set_config('request.jwt.claims', p_text, true);
  return access.claims();
end $$;

select is(access.claims(), '{}', 'without a request there are none');
select is(pg_temp.claims('{"sub": "ada", "role": "authenticated"}'), '{"sub": "ada", "role": "authenticated"}', 'claims are read from the request');
select is(pg_temp.claims(''), '{}', 'an empty setting holds none');
select is(pg_temp.claims('not json'), '{}', 'nor does nonsense');
select is(pg_temp.claims('[1, 2]'), '{}', 'nor a list');
select is(pg_temp.claims('"ada"'), '{}', 'nor a text');
select is(pg_temp.claims('null'), '{}', 'nor nothing');
select is(pg_temp.claims('{"sub": "\u0000"}'), '{}', 'nor what cannot be stored');

select * from finish();
rollback;
