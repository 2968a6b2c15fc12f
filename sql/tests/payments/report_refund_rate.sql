-- payments.report_refund_rate, and the reporting queries that people know by heart, as they stand.
begin;
select plan(13);

select tests.create_city('RIO');
select tests.pay_toy('car'), tests.pay_toy('doll'), tests.pay_toy('kite'), tests.pay_toy('ball');
select ledger.recognise_commission(o.id, now()) from payments.orders as o;
update payments.payments as p set processed_at = '2026-11-10 02:59+00' where p.id = (tests.payment_of('car')).id;
update payments.payments as p set processed_at = '2026-11-10 03:00+00' where p.id <> (tests.payment_of('car')).id;

-- Two refunds of one payment, one of another, and one that is still on its way.
create function pg_temp.give_back(name text, refund text, amount bigint) returns void language plpgsql as $$
declare
  v_refund payments.refunds;
begin
  v_refund := payments.request_refund((tests.payment_of(give_back.name)).id, give_back.amount, 'customer_request', null, give_back.refund, null);
  perform tests.hear('evt_' || give_back.refund, 'refund.updated', tests.stripe_refund(
    give_back.name, give_back.refund, 'succeeded', give_back.amount, jsonb_build_object('metadata', jsonb_build_object('refund_id', v_refund.id))));
end $$;
select pg_temp.give_back('doll', 're_1', 2000), pg_temp.give_back('doll', 're_2', 3000), pg_temp.give_back('kite', 're_3', 10000);
select payments.request_refund((tests.payment_of('ball')).id, 1000, 'customer_request', null, 'late', null);

-- who
select tests.as_anon();
select throws_ok($$select api.report_refund_rate('URB', '2026-11-09', '2026-11-10')$$, '42501', null, 'visitors see no figures');
select tests.as_staff('agent', 'RIO');
select tests.throws_code($$select api.report_refund_rate('URB', '2026-11-09', '2026-11-10')$$, 'FORBIDDEN', 'nor do staff of another city');
select tests.as_staff('agent', 'URB');
select tests.throws_code($$select api.report_refund_rate('URB', null, '2026-11-10')$$, 'MISSING_REQUIRED_FIELD', 'a time has a beginning');
select tests.throws_code($$select api.report_refund_rate('URB', '2026-11-10', '2026-11-09')$$, 'INVALID_PARAMETER', 'and an end after it');
select tests.throws_code($$select api.report_refund_rate('URB', '-infinity', '2026-11-09')$$, 'INVALID_PARAMETER', 'which is not far away');

-- what
select is(api.report_refund_rate('URB', '2026-11-09', '2026-11-10'), '{"city_code": "URB", "start_date": "2026-11-09", "end_date": "2026-11-10", "days": [
  {"date": "2026-11-09", "currency": "BRL", "payments": 1, "payments_refunded": 0, "received_total": 10000, "refund_total": 0, "refund_rate_percent": 0.00},
  {"date": "2026-11-10", "currency": "BRL", "payments": 3, "payments_refunded": 2, "received_total": 30000, "refund_total": 15000, "refund_rate_percent": 50.00}]}',
  'the rate is of all that was received on a day of the city, once per payment');
select is(api.report_refund_rate('URB', '2026-11-08', '2026-11-08') -> 'days', '[]', 'a day without payments has none');
reset role;

-- the queries of the books, with our schemas on the path
set local search_path = ledger, payments, public, pg_temp;
-- noqa: disable=all
prepare gross_revenue(text, timestamptz) as
SELECT 
  DATE_TRUNC('day', le.created_at) as date,
  SUM(le.amount) as gross_revenue,
  COUNT(DISTINCT le.booking_id) as booking_count
FROM ledger_entries le
WHERE le.entry_type = 'payment_received'
  AND le.direction = 'debit'
  AND le.account = 'cash_reserve'
  AND le.city_code = $1
  AND le.created_at >= $2
GROUP BY DATE_TRUNC('day', le.created_at)
ORDER BY date DESC;
prepare net_payouts(text) as
SELECT 
  DATE_TRUNC('day', le.created_at) as date,
  SUM(le.amount) as total_payouts,
  COUNT(DISTINCT le.booking_id) as reservation_count
FROM ledger_entries le
WHERE le.entry_type = 'payout_executed'
  AND le.direction = 'debit'
  AND le.account = 'payouts_receivable'
  AND le.city_code = $1
GROUP BY DATE_TRUNC('day', le.created_at);
prepare commission(text) as
SELECT 
  DATE_TRUNC('day', le.created_at) as date,
  SUM(le.amount) as commission_revenue,
  COUNT(DISTINCT le.booking_id) as bookings
FROM ledger_entries le
WHERE le.entry_type = 'commission_revenue'
  AND le.city_code = $1
GROUP BY DATE_TRUNC('day', le.created_at);
prepare refund_rate(text) as
SELECT 
  DATE_TRUNC('day', r.requested_at) as date,
  SUM(r.amount) as refund_total,
  (SUM(r.amount) / NULLIF(SUM(p.amount), 0)) * 100 as refund_rate_percent,
  COUNT(*) as refund_count
FROM refunds r
JOIN payments p ON p.id = r.payment_id
WHERE r.city_code = $1
  AND r.status = 'completed'
GROUP BY DATE_TRUNC('day', r.requested_at);
-- noqa: enable=all

select ledger.record_owner_share_due(tests.id('car'), now());
select ledger.record_payout_executed(tests.id('car'), tests.id('payout'), 8500, now());
create temporary table revenue as execute gross_revenue('URB', '2020-01-01');
create temporary table paid as execute net_payouts('URB');
create temporary table kept as execute commission('URB');
create temporary table refunded as execute refund_rate('URB');
select results_eq('select gross_revenue, booking_count from revenue', $$values (40000::numeric, 4::bigint)$$, 'gross revenue');
select results_eq('select total_payouts, reservation_count from paid', $$values (8500::numeric, 1::bigint)$$, 'net payouts');
select results_eq('select commission_revenue, bookings from kept', $$values (6000::numeric, 4::bigint)$$, 'commission, once');
select results_eq('select refund_total, round(refund_rate_percent, 2), refund_count from refunded', $$values (15000::numeric, 50.00, 3::bigint)$$, 'refunds: of the payments that had one, counted once per refund');
select is((select count(*) from revenue where date = date_trunc('day', now())), 1::bigint, 'by day');

select ok((ledger.verify() -> 'ok')::boolean, 'the books are in order');
select * from finish();
rollback;
