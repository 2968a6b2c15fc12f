begin;
-- lodging.record_no_show
select plan(18);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
insert into payments.payees (id, kind, city_code, name) values (tests.id('owner'), 'owner', 'URB', 'Olga');
insert into lodging.property_owners (id, city_code, email) values (tests.id('owner'), 'URB', 'olga@mail.example');
update lodging.properties_map set payee_id = tests.id('owner');
create function pg_temp.book(p_name text, p_unit text, p_charge integer) returns void language plpgsql as $$
begin
  update lodging.cancellation_policies as c set no_show_charge_percentage = p_charge;
  perform tests.hold(p_name, p_unit, 1, 3, traveler => jsonb_build_object('first_name', p_name, 'email', p_name || '@mail.example'));
  perform tests.pay_stay(p_name);
  perform tests.host_says(p_name, 'lodging.commit_booking', jsonb_build_object('host_booking_id', 'H-' || p_name));
end $$;
create function pg_temp.stays_away(p_name text) returns text language sql as
  $$select lodging.on_host_event('booking.no_show', jsonb_build_object('host_booking_id', 'H-' || p_name))$$;
create function pg_temp.money(p_name text) returns text language sql as $$
  select string_agg(f.amount || ' ' || f.reason || ' ' || f.status, ', ') from payments.refunds as f where f.booking_id = (tests.intent(p_name)).id
$$;

-- a part goes back
select pg_temp.book('ana', 'double', 70);
update lodging.reservations set status = 'checkin_pending' where id = (tests.stay('ana')).id;
select is(pg_temp.stays_away('ana'), null, 'the Host tells that the guest did not come');
select results_eq($$select r.status::text, r.cancellation_reason from tests.stay('ana') as r$$, $$values ('refund_pending', 'no_show')$$,
  'the stay is cancelled for that, and its refund on its way');
select is(pg_temp.money('ana'), '9000 no_show pending', 'of what the terms do not charge');
select is(ledger.booking_balance((tests.stay('ana')).id, 'customer_deposits'), 0::bigint, 'the rest is shared');
select is(ledger.booking_balance((tests.stay('ana')).id, 'commission_revenue'), -3150::bigint, 'the commission is that of the rest');
select is((select p.net_amount from payments.payouts as p where p.booking_id = (tests.stay('ana')).id), 17850::bigint, 'and so is the owner''s share');
select is(tests.nights('double', 1, 3), '0/0 0/0 0/0', 'the nights are free again');
select is((select count(*) from core.outbox as o where o.topic = 'lodging.cancel_booking'), 0::bigint, 'the Host need not be told');
select is((select string_agg(n.template_code, ' ' order by n.template_code) from notifications.notification_outbox as n
    where n.booking_id = (tests.stay('ana')).id and n.template_code in ('cancellation_notice', 'booking_cancelled', 'refund_notice')),
  'booking_cancelled cancellation_notice refund_notice', 'guest and owner are told');
select pg_temp.stays_away('ana');
select is(pg_temp.money('ana'), '9000 no_show pending', 'told twice it happens once');
select tests.refund_says('ana', 'succeeded');
select is((tests.stay('ana')).status, 'refunded', 'the refund settles');

-- terms that are silent
select pg_temp.book('bia', 'family', null);
select pg_temp.stays_away('bia');
select results_eq($$select r.status::text, r.payout_eligible_at is not null from tests.stay('bia') as r$$, $$values ('cancelled', true)$$,
  'a confirmed guest may be known not to come; terms without a charge give nothing back');
select is((select p.net_amount from payments.payouts as p where p.booking_id = (tests.stay('bia')).id), 38250::bigint, 'and the owner gets the whole share');

-- a dispute
select pg_temp.book('cid', 'family', 0);
insert into payments.disputes (payment_id, booking_id, city_code, gateway_dispute_id, amount, currency)
select p.id, p.booking_id, p.city_code, 'du_1', p.amount, p.currency from tests.stay_payment('cid') as p;
select pg_temp.stays_away('cid');
select results_eq($$select (tests.stay('cid')).status::text, x.detail ->> 'amount' from core.exceptions as x where x.kind = 'no_show_disputed'$$,
  $$values ('cancelled', '45000')$$, 'beside a dispute nothing is refunded, a person must look at it');

-- a guest who came
select pg_temp.book('dan', 'family', 100);
select lodging.on_host_event('checkin.completed', '{"host_booking_id": "H-dan"}');
select tests.throws_code($$select pg_temp.stays_away('dan')$$, 'INVALID_TRANSITION', 'who has arrived cannot have stayed away');
select is((tests.stay('dan')).status, 'checked_in', 'and stays');

set constraints all immediate;
select is_empty('select tests.wrong_nights()', 'every counter is what the intents and reservations say');
select is(ledger.verify() -> 'violations', '[]', 'the books are in order');
select * from finish();
rollback;
