begin;
select plan(4);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.hold('ana', 'family', 10, 3, '{"adults": 2, "children": 1, "infants": 1}', '{"first_name": "Ana", "email": "ana@mail.example"}');
select tests.hold('bia', 'family', 10), tests.hold('carla', 'family', 10, traveler => '{"first_name": "Carla"}');
create function pg_temp.messages() returns setof text language sql as
  $$select n.template_code || ' ' || n.recipient_type || ' ' || n.recipient_email from notifications.notification_outbox as n order by n.created_at$$;

select is(lodging.stay_facts((tests.intent('ana')).id), '{"confirmation_code": null, "first_name": "Ana", "property_name": "House", "unit_name": "Family",
  "check_in": "2030-05-11", "check_in_time": "14:00", "check_out": "2030-05-14", "check_out_time": "11:00", "nights": 3, "guests": 4,
  "total_amount": 45000, "currency": "BRL"}', 'messages can say all that matters of a stay');
create function pg_temp.tell(p_name text, p_key text) returns void language sql as $$
  select lodging.notify_guest('refund_notice', (tests.intent(p_name)).id, p_key, '{"refund": {"amount": 1, "currency": "BRL"}}')
$$;
select pg_temp.tell('ana', 'a'), pg_temp.tell('ana', 'a'), pg_temp.tell('ana', 'b'), pg_temp.tell('bia', 'c'), pg_temp.tell('carla', 'd');
select results_eq('select pg_temp.messages()', array['refund_notice traveler ana@mail.example', 'refund_notice traveler ana@mail.example'],
  'a guest with an address is told once of each thing, one without is not');

select lodging.notify_owner('new_booking', (tests.intent('ana')).id);
select is((select count(*) from pg_temp.messages()), 2::bigint, 'a property without an owner has nobody to tell');
insert into payments.payees (id, kind, city_code, name) values (tests.id('owner'), 'owner', 'URB', 'Olga');
insert into lodging.property_owners (id, city_code, email) values (tests.id('owner'), 'URB', 'olga@mail.example');
update payments.orders set payee_id = tests.id('owner') where id = (tests.intent('bia')).id;
select tests.pay_stay('bia');
select lodging.notify_owner('new_booking', (tests.intent('bia')).id);
select results_eq('select pg_temp.messages() offset 2', array['payment_receipt traveler bia@guest.example', 'new_booking owner olga@mail.example'], 'an owner is told');

select * from finish();
rollback;
