begin;
select plan(6);

create function pg_temp.guest(p_session text) returns text language plpgsql as $$
begin
  perform set_config('request.headers', jsonb_build_object('x-session-id', p_session)::text, true);
  return access.guest_session();
end $$;

select is(access.guest_session(), null, 'without a request there is no guest');
select is(
  pg_temp.guest('a-guest-of-sixteen'), encode(sha256('a-guest-of-sixteen'), 'hex'), 'a guest is the hash of the session');
select is(pg_temp.guest(repeat('s', 15)), null, 'too short is none');
select is(pg_temp.guest(repeat('s', 101)), null, 'too long is none');
select isnt(pg_temp.guest(repeat('s', 100)), null, 'a hundred characters are one');
select is(pg_temp.guest(null), null, 'no header is none');

select * from finish();
rollback;
