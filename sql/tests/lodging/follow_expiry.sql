begin;
select plan(9);

select tests.create_lodging();
select tests.hold('Ana', 'double', 10, 3, traveler => '{"first_name": "Ana", "last_name": "Souza", "email": "ana@guest.example"}');
select tests.hold('Bia', 'family', 10, 3);

-- who pays
select is(
  lodging.payer((tests.intent('Ana')).id), '{"email": "ana@guest.example", "first_name": "Ana", "last_name": "Souza"}',
  'who travels pays');
select is(lodging.payer((tests.intent('Bia')).id), null, 'who has not said who travels has no name');
select is(payments.payer((tests.intent('Ana')).id), lodging.payer((tests.intent('Ana')).id), 'payments ask the line');

-- PIX where it is taken
update lodging.properties_map set payment_methods = '{stripe_card}' where id = tests.id('house');
select tests.throws_code(
  $$select payments.prepare_pix_charge((tests.intent('Ana')).id, tests.session('Ana'), 'openpix')$$,
  'INVALID_PARAMETER', 'a house that takes cards alone takes no PIX');
update lodging.properties_map set payment_methods = '{openpix}' where id = tests.id('house');
select lives_ok(
  $$select payments.prepare_pix_charge((tests.intent('Ana')).id, tests.session('Ana'), 'openpix')$$,
  'one that takes it does');

-- its time is over
select lodging.follow_expiry((tests.intent('Ana')).id);
select is((tests.intent('Ana')).status, 'payment_pending', 'an intent with an open payment goes on');
update payments.payments as p set status = 'expired' where p.booking_id = (tests.intent('Ana')).id;
select lodging.follow_expiry((tests.intent('Ana')).id);
select is((tests.intent('Ana')).status, 'expired', 'one whose last open payment has expired is over');
select is(tests.nights('double', 10, 3), '0/0 0/0 0/0', 'and its nights are free');
select lodging.follow_expiry((tests.intent('Ana')).id);
select is((tests.intent('Ana')).status, 'expired', 'what is over stays over');

set constraints all immediate;
select * from finish();
rollback;
