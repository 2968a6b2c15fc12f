begin;
select plan(6);

select is(access.header('x-session-id'), null, 'without a request there are no headers');
select set_config('request.headers', '{"x-session-id": "abc", "accept": "*/*"}', true);
select is(access.header('x-session-id'), 'abc', 'a header is found by its lower-case name');
select is(access.header('x-other'), null, 'a missing one is null');
select set_config('request.headers', 'nonsense', true);
select is(access.header('x-session-id'), null, 'nonsense has no headers');
select set_config('request.headers', '{"x-session-id": "\u0000"}', true);
select is(access.header('x-session-id'), null, 'nor has what cannot be stored');
select is(has_function_privilege('anon', 'access.header(text)', 'execute'), false, 'guests do not call it');

select * from finish();
rollback;
