begin;
select plan(20);

create function pg_temp.fetches(name text) returns jsonb language sql as $$
  select coalesce(jsonb_agg(o.payload ->> 'id' order by o.payload ->> 'id'), '[]') from core.outbox as o
  where o.booking_id = tests.id(name) and o.topic = 'payments.fetch_stripe_object'
$$;
create function pg_temp.fee(name text, changes jsonb default '{}') returns jsonb language sql as $$
  select jsonb_build_object('id', 'txn_' || name, 'object', 'balance_transaction', 'type', 'charge', 'source', 'ch_' || name,
    'amount', 10000, 'fee', 320, 'net', 9680, 'currency', 'brl', 'created', 1800000000) || changes
$$;

-- after the payment
select tests.pay_toy('car');
select is(tests.hear('c1', 'charge.succeeded', tests.stripe_charge('car')), 'processed', 'a charge tells its balance transaction');
select is(pg_temp.fetches('car'), '["ch_car", "txn_car"]', 'which is fetched');
select tests.hear('c2', 'charge.updated', tests.stripe_charge('car'));
select is(pg_temp.fetches('car'), '["ch_car", "txn_car"]', 'once');
select is(payments.ingest_stripe_object(pg_temp.fee('car')) ->> 'status', 'processed', 'what was fetched');
select is(
  tests.balances('car'), '{"cash_reserve": 9680, "customer_deposits": -10000, "gateway_fee_expense": 320}', 'is the fee in the books');
select payments.ingest_stripe_object(pg_temp.fee('car'));
select payments.apply_balance_transaction(pg_temp.fee('car'));
select is(
  tests.balances('car'), '{"cash_reserve": 9680, "customer_deposits": -10000, "gateway_fee_expense": 320}', 'once');
select is(
  (select event_at from ledger.ledger_transactions where type = 'gateway_fee'), to_timestamp(1800000000), 'at the provider''s time');
select is(
  payments.ingest_stripe_object(pg_temp.fee('car', '{"id": "txn_2", "currency": "usd"}')) ->> 'status', 'ignored', 'a fee in another currency');
select isnt_empty($$select from core.exceptions where detail ->> 'object' = 'txn_2'$$, 'is for a person');
select is(
  payments.ingest_stripe_object(pg_temp.fee('car', '{"id": "txn_3", "type": "payout"}')) ->> 'status', 'ignored', 'other kinds are no fees');
select is(
  payments.ingest_stripe_object(pg_temp.fee('car', '{"id": "txn_4", "source": "ch_unknown"}')) ->> 'status', 'waiting',
  'one of an unknown charge is reported');

-- with the balance transaction in it, before the payment
select tests.start_toy('doll');
select tests.hear('d0', 'payment_intent.created', tests.stripe_intent('doll', 'requires_payment_method'));
select tests.hear('d1', 'charge.pending', tests.stripe_charge('doll', '{"status": "pending", "balance_transaction": null}'));
select tests.hear('d2', 'charge.failed', tests.stripe_charge('doll', '{"id": "ch_0", "status": "failed", "balance_transaction": null}'));
select is((tests.payment_of('doll')).gateway_charge_id, null, 'only a charge that succeeded is the payment''s');
select is(payments.apply_charge(tests.stripe_charge('doll', jsonb_build_object('balance_transaction', pg_temp.fee('doll')))) ->> 'status',
  'processed', 'a fetched charge brings the fee itself');
select is((tests.payment_of('doll')).gateway_charge_id, 'ch_doll', 'its id is kept');
select is(tests.balances('doll'), '{"cash_reserve": -320, "gateway_fee_expense": 320}', 'the fee is booked');
select is((tests.payment_of('doll')).status, 'pending', 'but a charge is no payment');

-- what does not agree
select is(
  tests.hear('d3', 'charge.succeeded', tests.stripe_charge('doll', '{"amount": 1}')), 'ignored', 'another amount is not believed');
select is(
  tests.hear('d4', 'charge.succeeded', tests.stripe_charge('doll', '{"payment_intent": "pi_unknown", "id": "ch_unknown"}')), 'waiting',
  'a charge of an unknown intent waits for it');
select is(
  tests.hear('d5', 'charge.succeeded', tests.stripe_charge('doll', '{"payment_intent": null, "id": "ch_lone"}')), 'waiting',
  'one without an intent waits for itself');
select results_eq(
  $$select waiting_for from payments.stripe_events where status = 'waiting' order by 1$$, array['ch_lone', 'pi_unknown'], 'as the inbox says');

select * from finish();
rollback;
