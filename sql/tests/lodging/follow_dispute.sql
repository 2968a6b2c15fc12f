begin;
select plan(19);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
-- The bank of a guest tells of its dispute, whose end lodging.follow_dispute is about: so much was taken, and in what state it is.
create function pg_temp.bank_says(name text, status text, taken bigint, returned boolean default false) returns void language plpgsql as $$
declare
  v_payment constant payments.payments := tests.stay_payment(name);
begin
  perform payments.ingest_stripe_object(jsonb_build_object(
    'id', 'du_' || name, 'object', 'dispute', 'status', status, 'amount', taken, 'currency', 'brl', 'created', 1900000000,
    'payment_intent', v_payment.gateway_payment_intent_id, 'balance_transactions', jsonb_build_array(
      jsonb_build_object('id', 'txn_out_' || name, 'object', 'balance_transaction', 'amount', -taken, 'fee', 1500, 'currency', 'brl', 'created', 1900000000))
      || case when status = 'won' or returned then jsonb_build_array(
        jsonb_build_object('id', 'txn_back_' || name, 'object', 'balance_transaction', 'amount', taken, 'fee', 0, 'currency', 'brl', 'created', 1900000001)) else '[]' end));
end $$;
create function pg_temp.stay(name text) returns text language sql as $$
  select r.status || ' ' || r.payment_status from tests.stay(name) as r
$$;
-- A paid stay in a state that it takes days to come to.
create function pg_temp.stay_in(name text, status text, first_night integer default 10) returns void language plpgsql as $$
begin
  perform tests.hold(name, 'family', first_night, traveler => jsonb_build_object('email', name || '@mail.example'));
  perform tests.pay_stay(name);
  alter table lodging.reservations disable trigger _300_guard_transition;
  update lodging.reservations set status = stay_in.status::lodging.reservation_status where id = (tests.intent(name)).id;
  alter table lodging.reservations enable trigger _300_guard_transition;
end $$;

-- a share that waits for its payout
select pg_temp.stay_in('ana', 'payout_pending');
select pg_temp.bank_says('ana', 'needs_response', 30000);
select is(pg_temp.stay('ana'), 'payout_pending paid', 'a dispute that is open changes nothing');
select pg_temp.bank_says('ana', 'lost', 30000);
select is(pg_temp.stay('ana'), 'payout_pending partial', 'when a part is lost, the rest is paid out');
select pg_temp.stay_in('bruno', 'payout_pending');
select pg_temp.bank_says('bruno', 'lost', 45000);
select is(pg_temp.stay('bruno'), 'refunded refunded', 'when all is lost, so is the share');
select pg_temp.stay_in('carla', 'payout_pending');
select pg_temp.bank_says('carla', 'won', 45000);
select is(pg_temp.stay('carla'), 'payout_pending paid', 'when it is won, all of it is paid out');

-- any other status
select pg_temp.stay_in('paid_out', 'paid_out', 20), pg_temp.bank_says('paid_out', 'lost', 45000);
select is(pg_temp.stay('paid_out'), 'paid_out refunded', 'a share that was paid out stays so');
select pg_temp.stay_in('checked_in', 'checked_in', 20), pg_temp.bank_says('checked_in', 'lost', 45000);
select is(pg_temp.stay('checked_in'), 'checked_in refunded', 'nor does a guest leave for it');

select pg_temp.stay_in('refund_failed', 'refund_failed', 30), pg_temp.bank_says('refund_failed', 'lost', 40000);
select is(pg_temp.stay('refund_failed'), 'refund_failed partial', 'a refund that failed waits while something is left');
select pg_temp.stay_in('fabio', 'refund_failed', 30), pg_temp.bank_says('fabio', 'lost', 45000);
select is(pg_temp.stay('fabio'), 'refunded refunded', 'and is over when nothing is');

-- a refund that has to wait
select tests.hold('dora', 'double', traveler => '{"email": "dora@mail.example"}'), tests.pay_stay('dora');
select pg_temp.bank_says('dora', 'needs_response', 20000);
select tests.host_says('dora', 'lodging.commit_booking', null);
select is(pg_temp.stay('dora'), 'host_commit_failed paid', 'what the Host refuses is not refunded while it is disputed');
select pg_temp.bank_says('dora', 'lost', 20000);
select is(pg_temp.stay('dora'), 'refund_pending partial', 'but as soon as that is over');
select row_eq(
  $$select amount, reason, reason_details from payments.refunds where booking_id = (tests.intent('dora')).id$$,
  row(10000::bigint, 'host_commit_failed'::payments.refund_reason, 'the Host refused'::text), 'as far as it was not lost');
select results_eq(
  $$select kind, resolution from core.exceptions where booking_id = (tests.intent('dora')).id order by kind$$,
  $$values ('payment_disputed', 'lost'), ('refund_waits_for_dispute', 'the dispute is over')$$, 'and no case is left for a person');
select tests.hold('edu', 'double', 20, traveler => '{"email": "edu@mail.example"}'), tests.pay_stay('edu');
select pg_temp.bank_says('edu', 'needs_response', 30000);
select tests.host_says('edu', 'lodging.commit_booking', null);
select pg_temp.bank_says('edu', 'lost', 30000);
select is(pg_temp.stay('edu'), 'refunded refunded', 'where all is lost nothing is left to refund');
select is_empty($$select from payments.refunds where booking_id = (tests.intent('edu')).id$$, 'and nothing is asked for');

-- what was lost comes back: it is shared out after all
select pg_temp.bank_says('bruno', 'lost', 45000, true);
select is(pg_temp.stay('bruno'), 'refunded paid', 'when a bank gives back what was lost the money is there again');
select tests.create_payee('owner');
insert into lodging.property_owners (id, city_code, email) values (tests.id('owner'), 'URB', 'owner@test.com');
update lodging.properties_map as p set payee_id = tests.id('owner') where p.id = (tests.stay('bruno')).property_id;
select is(lodging.complete_stay((tests.stay('bruno')).id), true, 'and the stay''s turn to share');
select is((select sum(p.net_amount) from payments.payouts as p where p.booking_id = (tests.stay('bruno')).id), 38250::numeric, 'the owner is to be paid');
select is(ledger.booking_balance((tests.stay('bruno')).id, 'customer_deposits'), 0::bigint, 'no deposit is left');

select is(ledger.verify() -> 'violations', '[]', 'the books keep their rules');

select * from finish();
rollback;
