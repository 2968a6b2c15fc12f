begin;
select plan(24);

-- What a view of the api would show, whose rights are those of its caller.
create view api.seen_orders with (security_invoker = true) as select id from payments.orders;
create view api.seen_payments with (security_invoker = true) as select booking_id as id from payments.payments;
create view api.seen_refunds with (security_invoker = true) as select booking_id as id from payments.refunds;
create view api.seen_answers with (security_invoker = true) as select gateway_response from payments.payments;
grant select on api.seen_orders, api.seen_payments, api.seen_refunds, api.seen_answers to anon, authenticated, service_role;
create function pg_temp.seen(wanted uuid) returns text language plpgsql as $$
begin
  return concat_ws(' ',
    (select 'order' from api.seen_orders where id = wanted),
    (select 'payment' from api.seen_payments where id = wanted),
    (select 'refund' from api.seen_refunds where id = wanted));
end $$;
grant execute on function pg_temp.seen(uuid) to anon, authenticated, service_role;

select tests.pay_toy('car');
select payments.request_refund((tests.payment_of('car')).id, 100, 'fraud', null, 'a', null);
select tests.create_supabase_user('ada'), tests.create_supabase_user('bob');
select tests.order_toy('doll', subject => tests.get_supabase_uid('ada')::text);
select tests.create_city('POA');

-- a guest
select tests.as_anon(tests.session('car'));
select is(pg_temp.seen(tests.id('car')), 'order payment refund', 'a guest sees what the own session bought');
select is(pg_temp.seen(tests.id('doll')), '', 'and nothing else');
select throws_ok('select gateway_response from api.seen_answers', '42501', null, 'never what the provider answered');
select tests.as_anon('another session 123');
select is(pg_temp.seen(tests.id('car')), '', 'another session sees nothing of it');
select tests.as_anon('short');
select is(pg_temp.seen(tests.id('car')), '', 'nor does a malformed one');
select tests.as_anon();
select is(pg_temp.seen(tests.id('car')), '', 'nor none');

-- a customer
select tests.authenticate_as('ada');
select is(pg_temp.seen(tests.id('doll')), 'order', 'a customer sees the own order');
select is(pg_temp.seen(tests.id('car')), '', 'not that of a guest');
select tests.authenticate_as('ada', tests.session('car'));
select is(pg_temp.seen(tests.id('car')), 'order payment refund', 'but with the session that ordered as a guest, also that');
select tests.authenticate_as('bob');
select is(pg_temp.seen(tests.id('doll')), '', 'another customer sees nothing');
select throws_ok('select from api.seen_answers', '42501', null, 'and nobody what the provider answered');

-- staff
select tests.as_staff('agent', 'URB');
select is(pg_temp.seen(tests.id('car')), 'order payment refund', 'staff see their city');
select tests.as_staff('agent', 'POA');
select is(pg_temp.seen(tests.id('car')), '', 'and no other');
select tests.as_staff('admin');
select is(pg_temp.seen(tests.id('car')), 'order payment refund', 'an admin sees every city');
select tests.as_staff('vendor', 'URB');
select is(pg_temp.seen(tests.id('car')), '', 'a vendor is no staff');

-- the service
select tests.authenticate_as_service_role();
select is(pg_temp.seen(tests.id('car')), 'order payment refund', 'the service sees all');
reset role;

-- everybody
select ok(not has_schema_privilege(r, 'payments', 'usage'), r || ' cannot name the tables')
from unnest(array['anon', 'authenticated', 'service_role']) as r;
select tests.rls_enabled('payments');
select is_empty(
  $$select from unnest(array['payees', 'stripe_events', 'payment_attempts', 'pix_charges', 'payout_schedules', 'payouts', 'disputes']) as t
    where has_table_privilege('anon', 'payments.' || t, 'select') or has_any_column_privilege('anon', 'payments.' || t, 'select')$$,
  'guests have no business with the rest');
select is_empty(
  $$select from unnest(array['stripe_events', 'payment_attempts', 'pix_charges', 'payout_schedules']) as t
    where has_any_column_privilege('authenticated', 'payments.' || t, 'select')$$,
  'nor customers with what is the system''s');

-- state machines, for every writer
select tests.throws_code(
  $$insert into payments.pix_charges (payment_id, city_code, provider, provider_charge_id, original_amount, net_amount, status, expires_at)
    select p.id, 'URB', 'stripe', 'px_1', 100, 100, 'paid', now() from tests.payment_of('car') as p$$,
  'INVALID_TRANSITION', 'a PIX charge begins as pending');
select tests.throws_code(
  $$insert into payments.disputes (payment_id, booking_id, city_code, gateway_dispute_id, amount, currency, status)
    select p.id, p.booking_id, 'URB', 'dp_1', 100, 'BRL', 'won' from tests.payment_of('car') as p$$,
  'INVALID_TRANSITION', 'a dispute begins as open');

select * from finish();
rollback;
