begin;
select plan(22);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.hold('ana');
select tests.pay_stay('ana');
-- What an event does to a reservation in a state, of whose 30000 so much is requested, settled back, and lost.
create function pg_temp.follow(p_status text, p_event text, p_requested bigint, p_settled bigint, p_lost bigint) returns text language plpgsql as $$
declare
  v_result text;
begin
  alter table lodging.reservations disable trigger _300_guard_transition;
  alter table lodging.reservations disable trigger _310_guard_payment_status;
  update lodging.reservations set status = p_status::lodging.reservation_status, payment_status = 'paid';
  set constraints all immediate;
  alter table lodging.reservations enable trigger _300_guard_transition;
  alter table lodging.reservations enable trigger _310_guard_payment_status;
  update payments.payments set refund_amount = p_requested, refunded_amount = p_settled, lost_amount = p_lost where id = (tests.stay_payment('ana')).id;
  perform lodging.follow_refund((tests.intent('ana')).id, p_event, (tests.stay_payment('ana')).id);
  return (tests.stay('ana')).status || ' ' || (tests.stay('ana')).payment_status;
end $$;

select is(pg_temp.follow(c.status, c.event, c.requested, c.settled, c.lost), c.outcome,
  format('%s, %s of %s: %s', c.status, c.event, c.requested, c.outcome))
from (values
  ('host_commit_failed', 'refund_requested', 30000, 0, 0, 'refund_pending paid'),
  ('cancelled', 'refund_requested', 15000, 0, 0, 'refund_pending paid'),
  ('refund_failed', 'refund_requested', 30000, 0, 0, 'refund_pending paid'),
  ('completed', 'refund_requested', 30000, 0, 0, 'refund_pending paid'),
  ('completed', 'refund_requested', 10000, 0, 0, 'completed paid'),
  ('payout_pending', 'refund_requested', 30000, 0, 0, 'refund_pending paid'),
  ('paid_out', 'refund_requested', 30000, 0, 0, 'paid_out paid'),
  ('confirmed', 'refund_requested', 30000, 0, 0, 'confirmed paid'),
  ('checked_in', 'refund_requested', 10000, 0, 0, 'checked_in paid'),
  ('refund_pending', 'refund_completed', 30000, 30000, 0, 'refunded refunded'),
  ('refund_pending', 'refund_completed', 15000, 15000, 0, 'refunded partial'),
  ('refund_pending', 'refund_completed', 30000, 10000, 0, 'refund_pending partial'),
  ('confirmed', 'refund_completed', 10000, 10000, 0, 'confirmed partial'),
  ('confirmed', 'refund_completed', 30000, 30000, 0, 'confirmed refunded'),
  ('paid_out', 'refund_completed', 30000, 30000, 0, 'paid_out refunded'),
  ('refund_pending', 'refund_failed', 0, 0, 0, 'refund_failed paid'),
  ('refunded', 'refund_failed', 0, 0, 0, 'refund_failed paid'),
  ('confirmed', 'refund_failed', 0, 0, 0, 'confirmed paid'),
  ('payout_pending', 'dispute_closed', 0, 0, 30000, 'refunded refunded'),
  ('payout_pending', 'dispute_closed', 10000, 10000, 20000, 'refunded refunded'),
  ('payout_pending', 'dispute_closed', 0, 0, 20000, 'payout_pending partial'),
  ('completed', 'dispute_closed', 0, 0, 30000, 'completed refunded')
) as c (status, event, requested, settled, lost, outcome);

select * from finish();
rollback;
