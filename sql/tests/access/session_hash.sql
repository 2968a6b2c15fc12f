begin;
select plan(9);

create function pg_temp.as_session(p_header text, p_parameter text) returns text language plpgsql as $$
begin
  perform set_config('request.headers', jsonb_build_object('x-session-id', p_header)::text, true);
  return access.session_hash(p_parameter);
end $$;

select is(pg_temp.as_session(null, null), null, 'no session, no hash');
select is(
  pg_temp.as_session('a-guest-of-sixteen', null), encode(sha256('a-guest-of-sixteen'), 'hex'), 'the header proves the session');
select is(
  pg_temp.as_session(null, 'a-guest-of-sixteen'), encode(sha256('a-guest-of-sixteen'), 'hex'), 'so does the parameter');
select is(
  pg_temp.as_session('a-guest-of-sixteen', 'a-guest-of-sixteen'), encode(sha256('a-guest-of-sixteen'), 'hex'), 'and both, if they agree');
select tests.throws_code(
  $$select pg_temp.as_session('a-guest-of-sixteen', 'another-of-sixteen')$$, 'FORBIDDEN', 'two sessions at once are refused');
select tests.throws_code($$select pg_temp.as_session(null, repeat('s', 15))$$, 'INVALID_PARAMETER', 'too short is refused');
select tests.throws_code($$select pg_temp.as_session(repeat('s', 101), null)$$, 'INVALID_PARAMETER', 'too long is refused');
select tests.throws_code($$select pg_temp.as_session(null, '')$$, 'INVALID_PARAMETER', 'an empty parameter is refused');
select is(pg_temp.as_session('', null), null, 'an empty header is none');

select * from finish();
rollback;
