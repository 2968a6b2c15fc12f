-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion, ban-drop-constraint, constraint-missing-not-valid
-- A payment by PIX has one charge: one code, one time to pay it. Who starts over gets a new payment.
create unique index one_pix_charge_per_payment on payments.pix_charges (payment_id);
drop index payments.pix_charges_payment;

comment on table payments.stripe_events is 'The inbox: every event of Stripe, once; and in the same envelope the notices of other providers that a payment has changed. An event about an object we do not know yet waits for it.';
comment on column payments.payments.gateway_response is 'The provider''s object, in the shape of Stripe''s payment intent, as it was when the payment ended.';

insert into core.settings (key, value, description) values
  ('payments.pix', '{"expires_seconds": 900, "iof_basis_points": 38, "poll_seconds": 30, "reconcile_seconds": 3600, "reconcile_hours": 48}', 'PIX: how long a code can be paid; the tax withheld, in hundredths of a per cent; how often an open charge is looked at, and one that ran out or was cancelled, and for how long after its end.');

-- A command to one of several providers names it: payments.create_refund.openpix.
alter table core.outbox
  drop constraint topic_is_module_and_verb,
  add constraint topic_is_module_and_verb check (topic ~ '^[a-z_]+[.][a-z_]+([.][a-z_]+)?$');
