begin;
select plan(6);

create function pg_temp.subject(p_claims jsonb) returns text language plpgsql as $$
begin
  perform set_config('request.jwt.claims', p_claims::text, true);
  return access.subject();
end $$;

select is(access.subject(), null, 'without a token there is no subject');
select is(pg_temp.subject('{"sub": "user_2abc"}'), 'user_2abc', 'any text may be a subject');
select is(pg_temp.subject('{"sub": ""}'), null, 'an empty one is none');
select is(pg_temp.subject('{"sub": 7}'), null, 'a number is none');
select is(pg_temp.subject('{"sub": {"a": "b"}}'), null, 'an object is none');
select is(pg_temp.subject('{"role": "service_role"}'), null, 'a token without subject has none');

select * from finish();
rollback;
