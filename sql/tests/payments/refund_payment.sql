begin;
select plan(31);

select tests.create_city('POA');
select tests.pay_toy('car');
create temporary table paid as select (tests.payment_of('car')).id;
grant select on paid to authenticated, service_role, anon;

-- an agent of the city
select tests.as_staff('agent', 'URB');
create temporary table answer as
  select api.refund_payment((select id from paid), tests.id('car'), 1000, 'customer_request') as r;
select is(
  (select r - 'refund_id' - 'payment_id' from answer), '{"status": "pending", "amount": 1000, "estimated_days": 10}', 'an agent refunds a part');
select is(
  api.refund_payment((select id from paid), null, 1000, 'customer_request'), (select r from answer),
  'the same amount again is taken for the same request while it is pending');
select tests.throws_code(
  $$select api.refund_payment((select id from paid), null, 9001, 'fraud')$$, 'AMOUNT_TOO_LARGE', 'no more than what is left');
select tests.throws_code($$select api.refund_payment((select id from paid), null, 0, 'fraud')$$, 'INVALID_PARAMETER', 'and no less than something');
select tests.throws_code($$select api.refund_payment((select id from paid), null, 5)$$, 'MISSING_REQUIRED_FIELD', 'a reason is needed');
select tests.throws_code(
  $$select api.refund_payment((select id from paid), null, 5, 'because')$$, 'INVALID_PARAMETER', 'one of the known ones');
select tests.throws_code(
  $$select api.refund_payment((select id from paid), tests.id('doll'), 5, 'fraud')$$, 'INVALID_PARAMETER', 'and the reservation of the payment');
select tests.throws_code($$select api.refund_payment(null, null, 5, 'fraud')$$, 'MISSING_REQUIRED_FIELD', 'a payment is needed');
select tests.throws_code($$select api.refund_payment(tests.id('x'), null, 5, 'fraud')$$, 'NOT_FOUND', 'one that exists');
select tests.throws_code(
  $$select api.refund_payment((select id from paid), null, 5, 'fraud', 'somebody else')$$, 'FORBIDDEN', 'nobody acts in another''s name');

-- with a key
create temporary table keyed as
  select api.refund_payment((select id from paid), null, 1000, 'customer_request', null, 'key-1') as r;
select isnt((select r ->> 'refund_id' from keyed), (select r ->> 'refund_id' from answer), 'a key makes an equal amount another request');
select is(
  api.refund_payment((select id from paid), null, 1000, 'customer_request', null, 'key-1'), (select r from keyed), 'the key replays its answer');
select tests.throws_code(
  $$select api.refund_payment((select id from paid), null, 2000, 'customer_request', null, 'key-1')$$, 'IDEMPOTENCY_CONFLICT',
  'but not for another request');
reset role;
select is((select count(*) from payments.refunds), 2::bigint, 'so there are two refunds');
select is(
  (select count(*) from payments.refunds where processed_by = tests.staff('agent', 'URB') and requested_by = processed_by::text), 2::bigint,
  'which say who asked');
select isnt_empty(
  $$select from audit.audit_logs where event_type = 'refund.created' and actor_id = tests.staff('agent', 'URB')$$, 'as does the audit log');
select is((tests.payment_of('car')).refund_reason, 'customer_request', 'the payment says why');

-- the service
select tests.authenticate_as_service_role();
select is(
  api.refund_payment((select id from paid), p_reason => 'admin_override', p_processed_by => 'user_ops') ->> 'amount', '8000',
  'the service refunds all that is left');
reset role;
select row_eq(
  $$select requested_by, processed_by from payments.refunds where amount = 8000$$, row('user_ops'::text, null::uuid),
  'for somebody it knows');

-- others
select tests.as_staff('supervisor', 'URB');
select tests.throws_code(
  $$select api.refund_payment((select id from paid), null, 1, 'fraud')$$, 'AMOUNT_TOO_LARGE', 'a supervisor may ask, but nothing is left');
select tests.as_staff('supervisor');
select tests.throws_code(
  $$select api.refund_payment((select id from paid), null, 1, 'fraud')$$, 'AMOUNT_TOO_LARGE', 'one of every city too');
select tests.as_staff('city_admin', 'URB');
select tests.throws_code(
  $$select api.refund_payment((select id from paid), null, 1, 'fraud')$$, 'AMOUNT_TOO_LARGE', 'so may the city''s administrator');
select tests.as_staff('admin');
select tests.throws_code(
  $$select api.refund_payment((select id from paid), null, 1, 'fraud')$$, 'AMOUNT_TOO_LARGE', 'and that of all cities');
select tests.as_staff('agent', 'POA');
select tests.throws_code($$select api.refund_payment((select id from paid), null, 1, 'fraud')$$, 'FORBIDDEN', 'staff of another city may not');
select tests.as_staff('vendor', 'URB');
select tests.throws_code($$select api.refund_payment((select id from paid), null, 1, 'fraud')$$, 'FORBIDDEN', 'nor a vendor');
reset role;
select tests.create_supabase_user('ada');
select tests.authenticate_as('ada');
select tests.throws_code($$select api.refund_payment((select id from paid), null, 1, 'fraud')$$, 'FORBIDDEN', 'nor a customer');
select tests.as_anon(tests.session('car'));
select throws_ok($$select api.refund_payment((select id from paid), null, 1, 'fraud')$$, '42501', null, 'nor the guest');
reset role;
select is((select count(*) from payments.refunds), 3::bigint, 'and none of them has refunded anything');

-- settled
select tests.hear('evt_1', 'refund.updated', tests.stripe_refund('car', 're_1', 'succeeded', 8000, jsonb_build_object('metadata',
  jsonb_build_object('refund_id', (select id from payments.refunds where amount = 8000)))));
select tests.hear('evt_2', 'refund.failed', tests.stripe_refund('car', 're_1', 'failed', 8000));
create temporary table failed as select id::text from payments.refunds where amount = 8000;
grant select on failed to service_role;
select tests.authenticate_as_service_role();
select isnt(
  api.refund_payment((select id from paid), p_reason => 'admin_override') ->> 'refund_id',
  (select id from failed), 'after a failure the same request is a new refund');
select is(
  api.refund_payment((select id from paid), p_reason => 'admin_override') ->> 'amount', '8000', 'which is the same while it is pending');
reset role;
select is(
  tests.balances('car'), '{"cash_reserve": 10000, "refunds_payable": -10000}', 'the books owe all of it');

select * from finish();
rollback;
