begin;
select plan(17);

select tests.freeze_time('2026-05-01 12:00+00');

-- the same call
select is(core.idempotency_begin('pay', 'key-1', '{"amount": 1, "to": "a"}'), null, 'the first call goes on');
select core.idempotency_end('pay', 'key-1', '{"paid": true}');
create temporary table before as select * from core.idempotency_keys;
select is(
  core.idempotency_begin('pay', 'key-1', '{"to": "a", "amount": 1}'), '{"paid": true}',
  'the same call gets the stored answer');
select results_eq('table core.idempotency_keys', 'table before', 'which it does not change');
select tests.throws_code(
  $$select core.idempotency_begin('pay', 'key-1', '{"amount": 2, "to": "a"}')$$, 'IDEMPOTENCY_CONFLICT',
  'another request under that key is refused');

-- scopes
create function pg_temp.begin_as(p_subject text, p_session text) returns jsonb language plpgsql as $$
declare
  v_answer jsonb;
begin
  perform set_config('request.jwt.claims', jsonb_build_object('sub', p_subject)::text, true);
  perform set_config('request.headers', jsonb_build_object('x-session-id', p_session)::text, true);
  v_answer := core.idempotency_begin('pay', 'key-1', '{}');
  if v_answer is null then
    perform core.idempotency_end('pay', 'key-1', to_jsonb(concat('for ', p_subject, p_session)));
  end if;
  return v_answer;
end $$;
select is(core.idempotency_begin('refund', 'key-1', '{}'), null, 'another function does not meet the key');
select is(pg_temp.begin_as('ada', null), null, 'nor does another caller');
select is(pg_temp.begin_as('bob', null), null, 'each caller has keys of their own');
select is(pg_temp.begin_as('ada', null), '"for ada"', 'and meets only their own answers');
select is(pg_temp.begin_as(null, 'guest-0000000001'), null, 'a guest is known by the session');
select is(pg_temp.begin_as(null, 'guest-0000000002'), null, 'and does not meet another guest''s keys');
select is(pg_temp.begin_as(null, 'guest-0000000001'), '"for guest-0000000001"', 'only their own');
select set_config('request.jwt.claims', '', true), set_config('request.headers', '', true);

-- keys
select tests.throws_code($$select core.idempotency_begin('pay', '', '{}')$$, 'INVALID_PARAMETER', 'an empty key is refused');
select tests.throws_code($$select core.idempotency_begin('pay', null, '{}')$$, 'INVALID_PARAMETER', 'so is none');
select tests.throws_code(
  $$select core.idempotency_begin('pay', repeat('k', 256), '{}')$$, 'INVALID_PARAMETER',
  'and one that is too long');

-- time
select tests.freeze_time('2026-05-02 11:59:59+00');
select is(
  core.idempotency_begin('pay', 'key-1', '{"amount": 1, "to": "a"}'), '{"paid": true}',
  'an answer is kept for a day');
select tests.freeze_time('2026-05-02 12:00+00');
select is(core.idempotency_begin('pay', 'key-1', '{"amount": 2}'), null, 'then the key is free for any request');
select is(core.idempotency_begin('pay', 'key-1', '{"amount": 2}'), null, 'and its old answer is forgotten');

select * from finish();
rollback;
