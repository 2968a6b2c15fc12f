begin;
select plan(9);

create function pg_temp.owns(p_customer text, p_session text, p_parameter text default null) returns boolean language sql as
  $$select access.owns(p_customer, encode(sha256(convert_to(p_session, 'UTF8')), 'hex'), p_parameter)$$;

select set_config('request.jwt.claims', '{"sub": "ada"}', true);
select is(pg_temp.owns('ada', null), true, 'what a customer ordered is hers');
select is(pg_temp.owns('bob', null), false, 'what another ordered is not');
select is(pg_temp.owns(null, null), false, 'what nobody ordered is nobody''s');
select is(pg_temp.owns(null, 'a-guest-of-sixteen'), false, 'what a guest ordered is not');
select set_config('request.headers', '{"x-session-id": "a-guest-of-sixteen"}', true);
select is(pg_temp.owns(null, 'a-guest-of-sixteen'), true, 'but for that guest, who has signed in since');
select set_config('request.jwt.claims', '', true);
select is(pg_temp.owns('ada', null), false, 'a guest does not own what a customer ordered');
select is(pg_temp.owns('ada', 'another-of-sixteen'), false, 'nor what another guest did');
select set_config('request.headers', '', true);
select is(pg_temp.owns(null, 'a-guest-of-sixteen', 'a-guest-of-sixteen'), true, 'a session may come as a parameter');
select is(pg_temp.owns(null, null, 'a-guest-of-sixteen'), false, 'but must have ordered');

select * from finish();
rollback;
