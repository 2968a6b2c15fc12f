begin;
select plan(3);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.hold('ana', 'family', 10, traveler => '{"email": "ana@mail.example"}');

select is(payments.pay_by((tests.intent('ana')).id), '2030-05-01 12:15+00', 'a stay can be paid while its nights are held');
select tests.freeze_time('2030-05-01 12:05+00');
select is(
  (payments.prepare_checkout_session((tests.intent('ana')).id, tests.session('ana'), 'https://stays.example/', null) ->> 'pay_by')::timestamptz,
  '2030-05-01 12:36+00', 'longer, once the guest is on his way to the page');
select is(lodging.pay_by(tests.id('unknown')), null, 'what is unknown is never given up');

select * from finish();
rollback;
