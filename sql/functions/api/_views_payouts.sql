-- Payouts, for those who receive them and for the staff of their cities.
create or replace view api.payouts with (security_invoker = true) as
select p.id, p.city_code, p.booking_id, p.listing_id, p.recipient_id, p.recipient_name, p.gross_amount, p.commission_amount,
  p.net_amount, p.set_off_amount, p.net_amount - p.set_off_amount as paid_amount, p.currency, p.status::text as status,
  p.scheduled_for, p.processed_at
from payments.payouts as p;
comment on view api.payouts is 'Payouts: one''s own, or those of one''s cities. Amounts in minor units; while one is processing without a transfer, somebody pays it by hand.';
revoke all on api.payouts from public, anon, authenticated, service_role;
grant select on api.payouts to authenticated, service_role;
