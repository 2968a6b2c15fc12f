-- A charge by PIX from the provider's answer to its end: paid, run out, called off, given back.
begin;
select plan(46);

create function pg_temp.field(tag text, value text) returns text language sql as $$
  select field.tag || lpad(length(field.value)::text, 2, '0') || field.value
$$;
create function pg_temp.code(amount text, tail text default '') returns text language sql as $$
  select c.text || payments.crc16(c.text)
  from (select pg_temp.field('00', '01') || pg_temp.field('26', pg_temp.field('00', 'br.gov.bcb.pix') || pg_temp.field('01', 'shop@example.org'))
    || pg_temp.field('52', '0000') || pg_temp.field('53', '986') || pg_temp.field('54', code.amount) || pg_temp.field('58', 'BR')
    || pg_temp.field('59', 'Shop') || pg_temp.field('60', 'Urubici') || code.tail || '6304' as text) as c
$$;
create function pg_temp.payment(name text) returns uuid language sql as $$ select (tests.payment_of(payment.name, 'openpix')).id $$;
create function pg_temp.charge(name text) returns payments.pix_charges language sql as $$
  select c from payments.pix_charges as c where c.payment_id = pg_temp.payment(charge.name)
$$;
create function pg_temp.answer(name text, status text, changes jsonb default '{}') returns jsonb language sql as $$
  select jsonb_build_object(
    'id', 'charge of ' || answer.name, 'object', 'payment_intent', 'provider', 'openpix', 'livemode', false, 'status', answer.status,
    'amount', 10000, 'amount_received', case answer.status when 'succeeded' then 10000 else 0 end, 'currency', 'brl',
    'latest_charge', null, 'last_payment_error', null, 'metadata', jsonb_build_object('payment_id', pg_temp.payment(answer.name)),
    'next_action', case answer.status when 'requires_action' then jsonb_build_object('pix_display_qr_code', jsonb_build_object(
      'data', pg_temp.code('100.00'), 'txid', 'txid' || answer.name,
      'expires_at', extract(epoch from '2030-05-01 12:20+00'::timestamptz)::bigint)) end) || answer.changes
$$;
create function pg_temp.commands(name text) returns text language sql as $$
  select string_agg(o.topic, ' ' order by o.seq) from core.outbox as o where o.booking_id = tests.id(commands.name)
$$;
create function pg_temp.start(name text) returns void language sql as $$
  select tests.order_toy(start.name);
  select payments.prepare_pix_charge(tests.id(start.name), tests.session(start.name), 'openpix');
$$;

select tests.freeze_time('2030-05-01 12:00+00');
select tests.start_toy('card');
select pg_temp.start(n) from unnest('{ball,car,doll,drum,kite,lamp,top}'::text[]) as n;

-- the fields of a code
select is(payments.emv_fields('000201' || '5802BR'), '{"00": "01", "58": "BR"}', 'a code is tags with lengths and values');
select is(payments.emv_fields('000201000201'), null, 'a tag that comes twice makes it none');
select is(payments.emv_fields('0099'), null, 'nor does a length beyond its end');
select is(payments.br_code_problem(pg_temp.code('100.00'), 10000), null, 'a code with our amount is good');
select is(payments.br_code_problem(pg_temp.code('100.01'), 10000), 'asks for another amount', 'one with another amount is not');
select is(payments.br_code_problem(overlay(pg_temp.code('100.00') placing '0' from 30), 10000), 'has a wrong checksum', 'nor one that was changed');

-- recording, as the service
create temporary table answer as select pg_temp.payment('car') as id, pg_temp.answer('car', 'requires_action') as intent;
grant select on answer to service_role;
select tests.authenticate_as_service_role();
create temporary table shown as select api.record_pix_charge(a.id, a.intent, 'aW1hZ2U=') as r from answer as a;
reset role;
select is(
  (select r - 'pix_charge_id' from shown),
  jsonb_build_object(
    'payment_id', pg_temp.payment('car'), 'provider', 'openpix', 'qr_code_base64', 'aW1hZ2U=', 'qr_code_text', pg_temp.code('100.00'),
    'expires_at', '2030-05-01 12:15+00'::timestamptz, 'amount', 10000, 'currency', 'BRL'),
  'the customer gets code and picture, and no more time than the order has');
select is(payments.describe_pix_charge(pg_temp.payment('car')), (select r from shown), 'asked again, the same');
select is(
  api.record_pix_charge(pg_temp.payment('car'), pg_temp.answer('car', 'requires_action'), null), (select r from shown),
  'recorded again, it stays as it is');
select is((pg_temp.charge('car')).txid, 'txidcar', 'the bank''s number is kept');
select is(
  array[(pg_temp.charge('car')).original_amount, (pg_temp.charge('car')).iof_amount, (pg_temp.charge('car')).net_amount],
  '{10000,38,9962}'::bigint[], 'the tax is 0.38 per cent');

-- what is refused
select tests.throws_code(
  $$select api.record_pix_charge(pg_temp.payment('doll'), pg_temp.answer('doll', 'requires_action',
    jsonb_build_object('next_action', jsonb_build_object('pix_display_qr_code', jsonb_build_object('data', pg_temp.code('1.00'))))), null)$$,
  'PAYMENT_FAILED', 'a code that asks for another amount is refused');
select is(pg_temp.charge('doll'), null, 'and not kept');
select tests.throws_code(
  $$select api.record_pix_charge(pg_temp.payment('doll'), pg_temp.answer('car', 'requires_action'), null)$$,
  'INVALID_PARAMETER', 'the charge of another payment is refused');
select tests.throws_code(
  $$select api.record_pix_charge(pg_temp.payment('doll'), pg_temp.answer('doll', 'requires_action', '{"provider": "mercadopago"}'), null)$$,
  'INVALID_PARAMETER', 'and that of another provider');
select tests.throws_code(
  $$select api.record_pix_charge(core.new_id(), '{}', null)$$, 'NOT_FOUND', 'an unknown payment has no charge');
select tests.as_anon(tests.session('doll'));
select throws_ok($$select api.record_pix_charge(core.new_id(), '{}', null)$$, '42501', null, 'guests do not record');
reset role;

-- paid
select payments.ingest_stripe_object(pg_temp.answer('car', 'succeeded'));
select is((tests.payment_of('car', 'openpix')).status, 'succeeded', 'the provider says that it was paid');
select is((pg_temp.charge('car')).status, 'paid', 'so was the charge');
select is(payments.describe_pix_charge(pg_temp.payment('car')), null, 'and cannot be paid again');
select is(
  tests.balances('car'), '{"cash_reserve": 9962, "customer_deposits": -10000, "iof_expense": 38}'::jsonb,
  'the tax is withheld from what came in');

-- a look at the provider
select is(payments.topic(tests.payment_of('car', 'openpix'), 'create_refund'), 'payments.create_refund.openpix', 'a command names its provider');
select is(payments.fetch_topic(tests.payment_of('car', 'openpix')), 'payments.fetch_payment.openpix', 'so does a look');
select is(payments.topic(tests.payment_of('card'), 'create_refund'), 'payments.create_refund', 'Stripe''s need no name');
select is(payments.fetch_topic(tests.payment_of('card')), 'payments.fetch_stripe_object', 'and its look is that at any object');

select api.record_pix_charge(pg_temp.payment(n), pg_temp.answer(n, 'requires_action'), null) from unnest('{ball,drum,kite,lamp}'::text[]) as n;
update payments.pix_charges set created_at = core.now();
select is(
  payments.hear_of_payment('{"object": "provider_payment", "provider": "openpix", "id": "charge of ball"}') ->> 'status', 'processed',
  'a notice of a payment is looked into');
select is(pg_temp.commands('ball'), 'payments.fetch_payment.openpix', 'at its provider');
select payments.fetch_payment(tests.payment_of('ball', 'openpix'), 'charge of ball');
select is(pg_temp.commands('ball'), 'payments.fetch_payment.openpix', 'one look at a time is enough');
select is(
  payments.hear_of_payment('{"object": "provider_payment", "provider": "openpix", "id": "nothing of ours"}') ->> 'status', 'waiting',
  'one of a payment that we do not know yet waits for it');

-- polling
update core.outbox as o set next_attempt_at = core.now() where o.topic = 'payments.fetch_payment.openpix';
select is(payments.tick_check_pix_charges(100), 0, 'a charge is not looked at before its time');
select tests.freeze_time('2030-05-01 12:00:30+00');
select is(payments.tick_check_pix_charges(100), 4, 'half a minute later every open one is');
select is(pg_temp.commands('kite'), 'payments.fetch_payment.openpix', 'at its provider');

-- called off
select payments.cancel_payment(tests.payment_of('kite', 'openpix'), 'another method was chosen');
select is((pg_temp.charge('kite')).status, 'cancelled', 'the charge of a payment that was called off is over');
select is(pg_temp.commands('kite'), 'payments.fetch_payment.openpix payments.cancel_payment_intent.openpix', 'and cancelled at its provider');
select payments.cancel_at_provider(tests.payment_of('kite', 'openpix'), 'charge of kite');
select is(pg_temp.commands('kite'), 'payments.fetch_payment.openpix payments.cancel_payment_intent.openpix', 'once');
select payments.end_pix_charge(tests.payment_of('car', 'openpix'));
select is((pg_temp.charge('car')).status, 'paid', 'what was paid stays paid');

-- run out
select tests.freeze_time('2030-05-01 12:14:59+00');
select is(payments.tick_expire_pix_charges(100), 0, 'a charge can be paid until its time is over');
select tests.freeze_time('2030-05-01 12:15+00');
select is(payments.tick_expire_pix_charges(1), 1, 'then it runs out, one by one');
select is(payments.tick_expire_pix_charges(100), 2, 'each once');
select is((pg_temp.charge('drum')).status, 'expired', 'the charge has expired');
select is((tests.payment_of('drum', 'openpix')).status, 'expired', 'with its payment');
select ok(pg_temp.commands('drum') like '%payments.cancel_payment_intent.openpix', 'which is cancelled at its provider');
select payments.expire_pix_charge(pg_temp.payment('drum'));
select is((tests.payment_of('drum', 'openpix')).status, 'expired', 'what has expired stays so');

-- who pays, as far as its line knows
select is(payments.payer(tests.id('car')), '{}', 'a line that knows no payers names none');

-- given back
select payments.apply_refunds(
  tests.payment_of('car', 'openpix'),
  '[{"id": "theirs", "object": "refund", "provider": "openpix", "status": "succeeded", "amount": 3000, "currency": "brl", "payment_intent": "charge of car", "metadata": {}}]',
  core.now());
select is((tests.payment_of('car', 'openpix')).refunded_amount, 3000::bigint, 'a refund made at the provider is taken over');
select payments.request_refund(pg_temp.payment('car'), 2000, 'customer_request', null, 'ours', null);
select payments.apply_refunds(
  tests.payment_of('car', 'openpix'),
  '[{"id": "whose", "object": "refund", "provider": "openpix", "status": "succeeded", "amount": 2000, "currency": "brl", "payment_intent": "charge of car", "metadata": {}}]',
  core.now());
select is((tests.payment_of('car', 'openpix')).refunded_amount, 3000::bigint, 'one that may be ours, which has no id yet, is left for the next look');

set constraints all immediate;
select * from finish();
rollback;
