begin;
select plan(37);

select tests.create_lodging();
select tests.create_payee('owner'), tests.create_payee('other owner');
insert into lodging.property_owners (id, city_code, email) values (tests.id('owner'), 'URB', 'owner@test.com'), (tests.id('other owner'), 'URB', 'other@test.com');
update lodging.properties_map as p set payee_id = tests.id('owner') where p.id = tests.id('house');
create temporary table clock as select core.now() as started;

-- A guest who books the family room from tonight on, pays, and is known to the Host.
create function pg_temp.book(name text) returns void language plpgsql as $$
begin
  perform tests.as_anon();
  perform tests.hold(book.name, 'family', 0, 1);
  reset role;
  perform tests.pay_stay(book.name);
  perform lodging.confirm_reservation(tests.stay(book.name), 'H-' || book.name);
end $$;
create function pg_temp.leave(name text) returns void language sql as $$
  select lodging.on_host_event('checkout.completed', jsonb_build_object('host_booking_id', 'H-' || leave.name))
$$;
create function pg_temp.at(hours numeric) returns void language sql as $$
  select tests.freeze_time((select c.started from clock as c) + at.hours * interval '1 hour')
$$;
create function pg_temp.payouts(name text) returns setof payments.payouts language sql as $$
  select p.* from payments.payouts as p where p.booking_id = (tests.intent(payouts.name)).id
$$;

-- lodging.tick_start_checkins, lodging.start_checkin
select tests.as_anon();
select tests.hold('eva', 'double', 1, 1);
reset role;
select tests.pay_stay('eva');
select lodging.confirm_reservation(tests.stay('eva'), 'H-eva');
select pg_temp.book('ana');
select is(lodging.tick_start_checkins(10), 1, 'guests are expected on their day');
select is((tests.stay('ana')).status, 'checkin_pending', 'ana is');
select is((tests.stay('eva')).status, 'confirmed', 'eva not before tomorrow');
select is(lodging.start_checkin((tests.stay('ana')).id), false, 'nobody is expected twice');
select pg_temp.at(24);
select is(lodging.tick_start_checkins(10), 1, 'tomorrow it is her day');

-- lodging.tick_complete_stays
select tests.unfreeze_time();
select pg_temp.at(0);
select pg_temp.leave('ana');
select is(lodging.complete_stay((tests.stay('eva')).id), false, 'who has not left has not completed');
select pg_temp.at(23.9);
select is(lodging.tick_complete_stays(10), 0, 'a stay is not completed at once');
select pg_temp.at(24);
select is(lodging.tick_complete_stays(10), 1, 'but a day after check-out');
select results_eq($$select r.status::text, r.payout_eligible_at = core.now(), r.payout_id = p.id from tests.stay('ana') as r, pg_temp.payouts('ana') as p$$,
  $$values ('payout_pending', true, true)$$, 'then its payout is planned');
select results_eq($$select p.gross_amount, p.commission_amount, p.net_amount, p.recipient_id, p.recipient_type::text from pg_temp.payouts('ana') as p$$,
  $$values (15000::bigint, 2250::bigint, 12750::bigint, tests.id('owner'), 'owner')$$, 'to the owner, less the commission');
select is(ledger.booking_balance((tests.stay('ana')).id, 'customer_deposits'), 0::bigint, 'no deposit is left');
select is(lodging.tick_complete_stays(10), 0, 'once');

-- lodging.follow_payout
update payments.payouts as p set status = 'scheduled';
update payments.payouts as p set status = 'processing';
select payments.finish_payout(p, core.now()) from pg_temp.payouts('ana') as p;
select is((tests.stay('ana')).status, 'paid_out', 'once the owner is paid the stay is paid out');
select lodging.follow_payout((tests.stay('ana')).id, 'payout_reversed');
select is((tests.stay('ana')).status, 'payout_pending', 'if that comes back it is pending again');

-- nothing to share
select pg_temp.at(0);
select pg_temp.book('bia');
select pg_temp.leave('bia');
select payments.request_refund((tests.stay_payment('bia')).id, null, 'customer_request', null, 'all', null);
select pg_temp.at(24);
select lodging.tick_complete_stays(10);
select results_eq($$select r.status::text, r.payout_eligible_at from tests.stay('bia') as r$$, $$values ('completed', null::timestamptz)$$, 'a stay that was refunded in full just is completed');
select is((select count(*) from pg_temp.payouts('bia')), 0::bigint, 'nobody is paid for it');
select is(lodging.tick_complete_stays(10), 0, 'nor looked at again');

-- a refund that failed
select pg_temp.at(0);
select pg_temp.book('cid');
select pg_temp.leave('cid');
select payments.request_refund((tests.stay_payment('cid')).id, 5000, 'customer_request', null, 'part', null);
select tests.refund_says('cid', 'failed');
select pg_temp.at(24);
select is(payments.awaits_refund((tests.stay('cid')).id), true, 'while a failed refund waits for somebody');
select is(lodging.tick_complete_stays(10), 1, 'the stay is completed');
select is((tests.stay('cid')).status, 'completed', 'but its money is nobody''s yet');
select is(lodging.tick_complete_stays(10), 0, 'nor is it looked at');
update core.exceptions as x set resolved_at = now(), resolved_by = 'somebody' where x.kind = 'refund_failed';
select is(lodging.tick_complete_stays(10), 1, 'until somebody has decided');
select is((tests.stay('cid')).status, 'payout_pending', 'then the owner is paid');
select results_eq($$select p.net_amount, p.commission_amount from pg_temp.payouts('cid') as p$$, $$values (12750::bigint, 2250::bigint)$$, 'less the commission on all that stays');

-- lodging.release_owner_share, lodging.share_holders: several owners, and none
select pg_temp.at(0);
update lodging.properties_map as p set payee_id = null where p.id = tests.id('house');
select tests.as_anon();
select tests.hold('dora', 'double', 0, 1);
reset role;
select tests.pay_stay('dora');
select lodging.confirm_reservation(tests.stay('dora'), 'H-dora');
select pg_temp.leave('dora');
insert into lodging.property_owner_mappings (property_id, owner_id, ownership_percentage, is_primary) values
  (tests.id('house'), tests.id('owner'), 60, true), (tests.id('house'), tests.id('other owner'), 40, false);
select pg_temp.at(24);
select lodging.tick_complete_stays(10);
select bag_eq($$select p.recipient_name, p.net_amount, p.commission_amount from pg_temp.payouts('dora') as p$$,
  $$values ('owner', 5100::bigint, 900::bigint), ('other owner', 3400, 600)$$, 'several owners share by their percentages');
select is((tests.stay('dora')).payout_id, null, 'so the stay names no single payout');

select pg_temp.at(0);
select tests.as_anon();
select tests.hold('fred', 'double', 2, 1);
reset role;
select tests.pay_stay('fred');
select lodging.confirm_reservation(tests.stay('fred'), 'H-fred');
select pg_temp.leave('fred');
delete from lodging.property_owner_mappings;
select pg_temp.at(24);
select lodging.tick_complete_stays(10);
select is((tests.stay('fred')).status, 'completed', 'a share without an owner');
select results_eq($$select x.kind, x.booking_id from core.exceptions as x where x.resolved_at is null$$, $$values ('no_owner_to_pay', (tests.stay('fred')).id)$$, 'goes before a person');
select is(ledger.booking_balance((tests.stay('fred')).id, 'payouts_receivable'), -8500::bigint, 'and stays with us');
select is(lodging.tick_complete_stays(10), 0, 'as long as nobody owns the property');
insert into lodging.property_owner_mappings (property_id, owner_id, ownership_percentage, is_primary) values
  (tests.id('house'), tests.id('owner'), 50, true), (tests.id('house'), tests.id('other owner'), 50, false);
select is(lodging.tick_complete_stays(10), 1, 'once somebody does');
select bag_eq($$select p.recipient_name, p.net_amount from pg_temp.payouts('fred') as p$$,
  $$values ('owner', 4250::bigint), ('other owner', 4250)$$, 'the owners are paid');
select is((tests.stay('fred')).status, 'payout_pending', 'the stay goes on');
select is_empty($$select from core.exceptions as x where x.resolved_at is null$$, 'the case has ended');
select is(lodging.tick_complete_stays(10), 0, 'all of it once');
select is((tests.stay('fred')).has_open_share, false, 'nothing is left to share');

select ok((ledger.verify() -> 'ok')::boolean, 'the books are in order');
select * from finish();
rollback;
