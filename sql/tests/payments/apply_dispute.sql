begin;
select plan(57);

create function pg_temp.hear(event_id text, news text, object jsonb) returns text language sql as $$
  select tests.hear(event_id, 'charge.dispute.' || news, object)
$$;
create function pg_temp.state(name text) returns text language sql as $$
  select concat_ws(' ', p.status, p.refund_amount, p.refunded_amount, p.lost_amount) from tests.payment_of(name) as p
$$;
create function pg_temp.dispute(name text) returns text language sql as $$
  select concat_ws(' ', d.status, d.withdrawn_amount, d.reinstated_amount, d.lost_amount)
  from payments.disputes as d where d.booking_id = tests.id(name)
$$;
create function pg_temp.heard(name text) returns text[] language sql as $$
  select s.heard[3:] from toys.sales as s where s.id = tests.id(name)
$$;

-- opened (payments.apply_dispute, payments.open_dispute, payments.is_disputed)
select tests.pay_toy('car');
select is(pg_temp.hear('c1', 'created', tests.stripe_dispute('car', 'needs_response')), 'processed', 'a bank may dispute a payment');
select row_eq(
  $$select payment_id, amount, currency, reason, status, is_inquiry from payments.disputes where booking_id = tests.id('car')$$,
  row((tests.payment_of('car')).id, 10000::bigint, 'BRL'::text, 'fraudulent'::text, 'open'::text, false), 'which is kept');
select is(pg_temp.state('car'), 'disputed 0 0 0', 'then the payment is disputed');
select is(pg_temp.heard('car'), '{disputed}', 'and the line is told');
select ok(payments.is_disputed((tests.payment_of('car')).id), 'its money is withheld');
select tests.throws_code(
  $$select payments.request_refund((tests.payment_of('car')).id, 1, 'fraud', null, 'k', null)$$, 'DISPUTE_OPEN', 'and cannot be refunded');
select results_eq(
  $$select kind, detail - 'payment_id', resolved_at from core.exceptions where booking_id = tests.id('car')$$,
  $$values ('payment_disputed', jsonb_build_object('dispute', 'du_car', 'amount', 10000, 'reason', 'fraudulent',
    'answer_by', to_timestamp(1800600000)), null::timestamptz)$$, 'a person is told, and until when to answer');
select is(tests.balances('car'), '{"cash_reserve": 10000, "customer_deposits": -10000}', 'no money has moved yet');

-- withdrawn (payments.dispute_money, payments.post_dispute_money)
select is(
  (select row(m.*)::text from payments.dispute_money(tests.stripe_dispute('car', 'lost', 10000, 2000)) as m), '(10000,2000,"[""brl""]")',
  'a dispute says what it took and gave back');
select is(
  (select row(m.*)::text from payments.dispute_money('{"currency": "brl", "balance_transactions": null}') as m), '(0,0,"[""brl""]")', 'or nothing of it');
select is(pg_temp.hear('c2', 'funds_withdrawn', tests.stripe_dispute('car', 'needs_response', 10000)), 'processed', 'the money is taken');
select is(
  tests.balances('car'), '{"cash_reserve": -1500, "customer_deposits": -10000, "dispute_losses": 10000, "gateway_fee_expense": 1500}',
  'with a fee: both are ours to bear for now');
select is(pg_temp.dispute('car'), 'open 10000 0 0', 'the dispute knows it');
select pg_temp.hear('c3', 'updated', tests.stripe_dispute('car', 'under_review', 10000));
select is(pg_temp.heard('car'), '{disputed}', 'news that change nothing are not passed on');
select is((select count(*) from ledger.ledger_transactions where type = 'dispute_withdrawn'), 1::bigint, 'nor is the money posted twice');

-- won (payments.close_dispute)
select is(pg_temp.hear('c4', 'closed', tests.stripe_dispute('car', 'won', 10000, 10000)), 'processed', 'a dispute may be won');
select is(pg_temp.dispute('car'), 'won 10000 10000 0', 'then all is back');
select is(pg_temp.state('car'), 'succeeded 0 0 0', 'and the payment as it was');
select is(
  tests.balances('car'), '{"cash_reserve": 8500, "customer_deposits": -10000, "gateway_fee_expense": 1500}', 'but for the fee');
select is(pg_temp.heard('car'), '{disputed,dispute_closed}', 'the line hears of it');
select row_eq(
  $$select resolution, resolved_at is not null from core.exceptions where booking_id = tests.id('car')$$, row('won'::text, true),
  'and the person has it off the desk');
select pg_temp.hear('c5', 'funds_reinstated', tests.stripe_dispute('car', 'won', 10000, 10000));
select pg_temp.hear('c6', 'created', tests.stripe_dispute('car', 'needs_response'));
select is(
  pg_temp.dispute('car') || ' ' || pg_temp.state('car'), 'won 10000 10000 0 succeeded 0 0 0', 'late news do not open it again');
select is(pg_temp.hear('c7', 'closed', tests.stripe_dispute('car', 'lost', 10000, 10000)), 'ignored', 'another end is not believed');
select isnt_empty($$select from core.exceptions where booking_id = tests.id('car') and kind = 'payment_mismatch'$$, 'but shown to a person');
select lives_ok(
  $$select payments.request_refund((tests.payment_of('car')).id, 1000, 'fraud', null, 'k', null)$$, 'then it can be refunded again');

-- lost
select tests.pay_toy('doll');
select is(
  pg_temp.hear('d1', 'closed', tests.stripe_dispute('doll', 'lost', null)), 'waiting', 'a loss waits until it is known what was taken');
select pg_temp.hear('d2', 'funds_withdrawn', tests.stripe_dispute('doll', 'needs_response', 10000));
select is(pg_temp.dispute('doll'), 'lost 10000 0 10000', 'and follows it');
select is(pg_temp.state('doll'), 'refunded 0 0 10000', 'the money is with the customer');
select is(
  tests.balances('doll'), '{"cash_reserve": -1500, "gateway_fee_expense": 1500}', 'taken from the deposits; the fee stays ours');
select is(pg_temp.heard('doll'), '{disputed,dispute_closed}', 'the line has heard both');

-- lost, and given back all the same (payments.regain_loss)
select tests.pay_toy('tram');
select pg_temp.hear('m1', 'closed', tests.stripe_dispute('tram', 'lost', 10000));
select is(pg_temp.hear('m2', 'funds_reinstated', tests.stripe_dispute('tram', 'lost', 10000, 4000)), 'processed', 'a bank may give back a part of what was lost');
select is(pg_temp.dispute('tram') || ' ' || pg_temp.state('tram'), 'lost 10000 4000 6000 partially_refunded 0 0 6000', 'so much less is lost');
select is(tests.balances('tram'), '{"cash_reserve": 2500, "customer_deposits": -4000, "gateway_fee_expense": 1500}', 'it is in the deposits again, and no loss is negative');
select is(pg_temp.hear('m3', 'funds_reinstated', tests.stripe_dispute('tram', 'lost', 10000, 4000)), 'processed', 'told twice');
select is((tests.balances('tram') ->> 'customer_deposits')::bigint, -4000::bigint, 'it is there once');
select is(pg_temp.heard('tram'), '{disputed,dispute_closed,dispute_closed}', 'the line has heard');
select ok((ledger.verify() -> 'ok')::boolean, 'the books are in order');

-- a part
select tests.pay_toy('robot');
select payments.request_refund((tests.payment_of('robot')).id, 3000, 'customer_request', null, 'k', null);
select pg_temp.hear('r1', 'created', tests.stripe_dispute('robot', 'needs_response', 8000, null, '{"amount": 8000}'));
select tests.hear('r2', 'refund.updated', tests.stripe_refund('robot', 're_1', 'succeeded', 3000, jsonb_build_object('metadata',
  jsonb_build_object('refund_id', (select id from payments.refunds where booking_id = tests.id('robot'))))));
select is(pg_temp.state('robot'), 'disputed 3000 3000 0', 'a refund may settle meanwhile');
select pg_temp.hear('r3', 'closed', tests.stripe_dispute('robot', 'lost', 8000, 500, '{"amount": 8000}'));
select is(pg_temp.dispute('robot'), 'lost 8000 500 7000', 'no more is lost than is left of the payment');
select is(pg_temp.state('robot'), 'refunded 3000 3000 7000', 'together it is all of it');
select is(
  tests.balances('robot'), '{"cash_reserve": -2000, "dispute_losses": 500, "gateway_fee_expense": 1500}', 'what was taken beyond is our loss');
select tests.pay_toy('ball');
select pg_temp.hear('b1', 'closed', tests.stripe_dispute('ball', 'lost', 4000));
select is(pg_temp.state('ball'), 'partially_refunded 0 0 4000', 'a part may be lost');
select is((payments.request_refund((tests.payment_of('ball')).id, null, 'fraud', null, 'k', null)).amount, 6000::bigint, 'the rest can be refunded');

-- lost while a refund was on its way (payments.post_loss)
select tests.pay_toy('drum');
select payments.request_refund((tests.payment_of('drum')).id, null, 'customer_request', null, 'k', null);
select pg_temp.hear('u1', 'closed', tests.stripe_dispute('drum', 'lost', 10000));
select is(pg_temp.state('drum') || ' ' || pg_temp.dispute('drum'), 'refund_pending 10000 0 0 lost 10000 0 0', 'the customer cannot lose what is his already');
select payments.fail_refund(r, 'charge_disputed', now()) from payments.refunds as r where r.booking_id = tests.id('drum');
select is(pg_temp.state('drum') || ' ' || pg_temp.dispute('drum'), 'refunded 0 0 10000 lost 10000 0 10000', 'until the refund fails');
select is(tests.balances('drum'), '{"cash_reserve": -1500, "gateway_fee_expense": 1500}', 'then the dispute has taken it');
select results_eq(
  $$select kind, resolution from core.exceptions where booking_id = tests.id('drum') order by kind$$,
  $$values ('payment_disputed', 'lost'), ('refund_failed', 'lost in a dispute')$$, 'and nobody need refund it any more');

-- an inquiry
select tests.pay_toy('kite');
select pg_temp.hear('k1', 'created', tests.stripe_dispute('kite', 'warning_needs_response'));
select is(pg_temp.state('kite') || ' ' || pg_temp.dispute('kite'), 'succeeded 0 0 0 open 0 0 0', 'a bank that only asks withholds nothing');
select isnt_empty(
  $$select from core.exceptions where booking_id = tests.id('kite') and kind = 'payment_disputed'$$, 'a person answers it');
select lives_ok(
  $$select payments.request_refund((tests.payment_of('kite')).id, 1000, 'fraud', null, 'k', null)$$, 'perhaps with a refund');
select pg_temp.hear('k2', 'updated', tests.stripe_dispute('kite', 'needs_response', 9000));
select is(pg_temp.heard('kite'), '{refund_requested,disputed}', 'the inquiry may become a dispute');
select is(pg_temp.state('kite'), 'disputed 1000 0 0', 'with a refund on its way');
select pg_temp.hear('k3', 'created', tests.stripe_dispute('kite', 'warning_needs_response'));
select is(pg_temp.state('kite'), 'disputed 1000 0 0', 'never the other way round');

-- whose it is
select tests.start_toy('top');
select is(pg_temp.hear('t1', 'created', tests.stripe_dispute('top', 'needs_response')), 'waiting', 'a dispute waits for its payment to succeed');
select tests.hear('t2', 'payment_intent.succeeded', tests.stripe_intent('top', 'succeeded'));
select is(pg_temp.state('top'), 'disputed 0 0 0', 'and follows it');
select is(
  pg_temp.hear('t3', 'funds_withdrawn', tests.stripe_dispute('top', 'needs_response', 10000) || '{"currency": "usd"}'), 'ignored',
  'other money than was paid is not posted');
select is(ledger.verify() -> 'violations', '[]', 'the books keep their rules');

select * from finish();
rollback;
