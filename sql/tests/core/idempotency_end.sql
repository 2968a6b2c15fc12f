begin;
select plan(3);

select core.idempotency_begin('pay', 'a', '{}');
select core.idempotency_begin('pay', 'b', '{}');
select core.idempotency_end('pay', 'a', '{"n": 1}');
select is(core.idempotency_begin('pay', 'a', '{}'), '{"n": 1}', 'the answer is stored under its key');
select is(core.idempotency_begin('pay', 'b', '{}'), null, 'and under no other');
select core.idempotency_end('refund', 'a', '{"n": 2}');
select is(core.idempotency_begin('pay', 'a', '{}'), '{"n": 1}', 'nor does another function replace it');

select * from finish();
rollback;
