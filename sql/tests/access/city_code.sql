begin;
select plan(5);

create function pg_temp.city(p_claims jsonb) returns text language plpgsql as $$
begin
  perform set_config('request.jwt.claims', p_claims::text, true);
  return access.city_code();
end $$;

select is(access.city_code(), null, 'without a token no city is chosen');
select is(pg_temp.city('{"city_code": "URB"}'), 'URB', 'the token chooses');
select is(pg_temp.city('{"city_code": ""}'), null, 'or not');
select is(pg_temp.city('{"city_code": ["URB"]}'), null, 'a list chooses nothing');
select set_config('app.current_city_code', 'URB', true);
select is(pg_temp.city('{}'), null, 'no other setting of the session does');

select * from finish();
rollback;
