-- Money on its bad days: shares that wait, payouts that come back in part, and the ways out of refund_failed.
-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion, constraint-missing-not-valid
alter table lodging.reservations add column has_open_share boolean not null default false;
comment on column lodging.reservations.has_open_share is 'Whether money of the stay may still have to be shared out with its owners once it has ended.';
create index reservations_with_open_share on lodging.reservations (status_changed_at) where has_open_share;

alter table payments.payouts add column reversed_amount bigint not null default 0;
comment on column payments.payouts.reversed_amount is 'What of an executed payout came back in part; it is due again.';
comment on column payments.payouts.share is 'Its recipient''s part of the booking, in proportion to the shares of the booking''s other recipients.';
alter table payments.payouts add constraint reversed_within_paid check (reversed_amount between 0 and net_amount - set_off_amount);

-- Who is being paid, or was, may be owed more of the same booking later; but only one payout waits at a time.
drop index payments.one_payout_per_booking_and_recipient;
create unique index one_waiting_payout_per_booking_and_recipient on payments.payouts (booking_id, recipient_id) where status in ('pending', 'scheduled');

insert into core.state_transitions (machine, from_state, to_state, event, actor) values
  ('reservation', 'refund_failed', 'completed', 'refund given up', 'staff'),
  ('reservation', 'refund_failed', 'cancelled', 'refund given up', 'staff'),
  ('payout', 'failed', 'processing', 'made after all', 'provider');

update lodging.reservations as r
set has_open_share = true
where r.status = 'completed' and r.payout_eligible_at is not null
  or exists (select from payments.refunds as f where f.booking_id = r.id and f.status = 'failed')
  or exists (select from core.exceptions as x where x.booking_id = r.id and x.kind = 'no_owner_to_pay' and x.resolved_at is null);
