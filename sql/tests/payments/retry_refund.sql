begin;
select plan(15);

select tests.create_city('FLN');
select tests.pay_toy('kite');
select payments.request_refund((tests.payment_of('kite')).id, 4000, 'customer_request', 'bent', 'first', null);
create function pg_temp.refund(key text) returns payments.refunds language sql security definer as $$
  select f from payments.refunds as f where f.booking_id = tests.id('kite') and f.request_key = refund.key
$$;
create function pg_temp.first() returns uuid language sql security definer as $$ select (pg_temp.refund('first')).id $$;
create function pg_temp.says(refund payments.refunds, status text) returns void language sql security definer as $$
  select payments.ingest_stripe_object(tests.stripe_refund('kite', 're_' || says.refund.id, says.status, says.refund.amount,
    jsonb_build_object('metadata', jsonb_build_object('refund_id', says.refund.id))))
$$;

select tests.as_staff('agent', 'URB');
select tests.throws_code('select api.retry_refund()', 'MISSING_REQUIRED_FIELD', 'a refund is named');
select tests.throws_code('select api.retry_refund(pg_temp.first())', 'INVALID_TRANSITION', 'a refund on its way is not asked for again');
reset role;
select pg_temp.says(pg_temp.refund('first'), 'failed');
select tests.as_staff('agent', 'FLN');
select tests.throws_code('select api.retry_refund(pg_temp.first())', 'FORBIDDEN', 'an agent of another city asks for nothing');
select tests.as_staff('agent', 'URB');
select results_eq($$select api.retry_refund(pg_temp.first()) ->> k from unnest(array['status', 'amount']) as k$$, $$values ('pending'), ('4000')$$,
  'an agent asks for a failed refund again');
reset role;
select is((select count(*) from payments.refunds as f where f.booking_id = tests.id('kite')), 2::bigint, 'twice at once is one refund');
select is((select (f).reason_details from pg_temp.refund('retry:' || pg_temp.first()) as f), 'bent', 'for the same reason');
select is(payments.awaits_refund(tests.id('kite')), false, 'the case is closed');
select pg_temp.says(pg_temp.refund('retry:' || pg_temp.first()), 'succeeded');
select is(payments.retry_refund(pg_temp.first()) ->> 'status', 'completed', 'what has arrived is not sent again');
select is((tests.payment_of('kite')).refunded_amount, 4000::bigint, 'the guest has the money once');

-- two refunds failed, and a retry of one failed, too
select tests.pay_toy('drum');
create function pg_temp.drum(key text) returns payments.refunds language sql security definer as $$
  select f from payments.refunds as f where f.booking_id = tests.id('drum') and f.request_key = drum.key order by f.requested_at desc limit 1
$$;
create function pg_temp.drum_says(refund payments.refunds, status text) returns void language sql security definer as $$
  select payments.ingest_stripe_object(tests.stripe_refund('drum', 're_' || drum_says.refund.id, drum_says.status, drum_says.refund.amount,
    jsonb_build_object('metadata', jsonb_build_object('refund_id', drum_says.refund.id))))
$$;
select payments.request_refund((tests.payment_of('drum')).id, n, 'customer_request', null, n::text, null) from unnest(array[400, 300]) as n;
select pg_temp.drum_says(pg_temp.drum(n), 'failed') from unnest(array['400', '300']) as n;
select payments.retry_refund((pg_temp.drum('400')).id);
select is(payments.awaits_refund(tests.id('drum')), true, 'a retry of one refund ends no other''s case');
select pg_temp.drum_says(pg_temp.drum('retry:' || (pg_temp.drum('400')).id), 'failed');
select payments.retry_refund((pg_temp.drum('retry:' || (pg_temp.drum('400')).id)).id);
select pg_temp.drum_says(f, 'succeeded') from payments.refunds as f where f.booking_id = tests.id('drum') and f.status = 'pending';
select is(payments.retry_refund((pg_temp.drum('400')).id) ->> 'status', 'completed', 'who retries the first one is told of the last');
select is((tests.payment_of('drum')).refund_amount, 400::bigint, 'and the guest has the money once');
select is(
  (select count(*) from core.exceptions as e where e.booking_id = tests.id('drum') and e.kind = 'refund_failed' and e.resolved_at is null),
  1::bigint, 'the other refund still waits for somebody');

select tests.authenticate_as_service_role();
select tests.throws_code($$select api.retry_refund(tests.id('none'))$$, 'NOT_FOUND', 'what is no refund is not found');
reset role;
select ok((ledger.verify() -> 'ok')::boolean, 'the books are in order');
select * from finish();
rollback;
