-- squawk-ignore-file adding-foreign-key-constraint, constraint-missing-not-valid
create schema payments;
comment on schema payments is 'Orders and the money that moves for them: payments, refunds, disputes, payouts; and the inbox of the payment provider.';

create type payments.payment_method as enum ('stripe_card', 'stripe_pix', 'mercadopago_pix', 'openpix', 'stripe_checkout', 'credits');
create type payments.payment_status as enum (
  'pending', 'processing', 'authorized', 'succeeded', 'failed', 'cancelled', 'expired',
  'refund_pending', 'refunded', 'partially_refunded', 'disputed');
create type payments.pix_status as enum ('pending', 'paid', 'expired', 'cancelled');
create type payments.refund_status as enum ('pending', 'completed', 'failed');
create type payments.refund_reason as enum (
  'customer_request', 'host_commit_failed', 'cancellation_policy', 'no_show', 'dispute_lost', 'fraud', 'admin_override');
create type payments.payout_frequency as enum ('weekly', 'biweekly', 'monthly', 'on_checkout');
create type payments.payout_batch_status as enum ('draft', 'processing', 'completed', 'failed');
create type payments.payout_status as enum ('pending', 'scheduled', 'processing', 'completed', 'failed', 'cancelled');
create type payments.payout_type as enum ('owner', 'service_provider', 'vendor', 'expert');

create table payments.product_lines (
  name text primary key,
  created_at timestamptz not null default clock_timestamp()
);
comment on table payments.product_lines is 'What can be ordered. A line is a schema of that name with the functions on_payment_event(booking_id, event, payment_id) and pay_by(booking_id), which says until when an order can be paid.';

create table payments.payees (
  id uuid primary key default core.new_id(),
  kind payments.payout_type not null,
  city_code text not null default 'ALL' references core.cities (code) on delete restrict,
  subject text,
  name text not null,
  stripe_account_id text unique,
  payouts_enabled boolean not null default false,
  is_active boolean not null default true,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint payouts_need_an_account check (not payouts_enabled or stripe_account_id is not null)
);
comment on table payments.payees is 'Who receives money: owners, vendors, experts. Without a connected account payouts are executed by hand.';
create index payees_city on payments.payees (city_code);
create index payees_subject on payments.payees (subject);

create table payments.orders (
  id uuid primary key default core.new_id(),
  product_line text not null references payments.product_lines (name) on delete restrict,
  listing_id uuid not null,
  payee_id uuid references payments.payees (id) on delete restrict,
  customer_subject text,
  session_hash text,
  city_code text not null references core.cities (code) on delete restrict,
  amount bigint not null constraint amount_not_negative check (amount >= 0),
  platform_fee bigint not null default 0,
  currency text not null references core.currencies (code) on delete restrict,
  description text,
  policy_snapshot jsonb not null default '{}',
  attribution jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  constraint fee_within_amount check (platform_fee between 0 and amount),
  constraint somebody_orders check (customer_subject is not null or session_hash is not null)
);
comment on table payments.orders is 'Anything a customer pays for. The row of a product line that it stands for has the same id, everywhere called booking_id.';
comment on column payments.orders.session_hash is 'SHA-256 of a guest''s session id: the proof that a guest made this order.';
comment on column payments.orders.payee_id is 'Null where several share; payouts name each recipient.';
comment on column payments.orders.policy_snapshot is 'The terms at the time of ordering; later changes of a policy do not touch them.';
create index orders_line on payments.orders (product_line, created_at desc);
create index orders_listing on payments.orders (listing_id);
create index orders_payee on payments.orders (payee_id);
create index orders_customer on payments.orders (customer_subject, created_at desc);
create index orders_session on payments.orders (session_hash);
create index orders_city on payments.orders (city_code, created_at desc);

create table payments.payments (
  id uuid primary key default core.new_id(),
  booking_id uuid not null references payments.orders (id) on delete restrict,
  city_code text not null references core.cities (code) on delete restrict,
  method payments.payment_method not null,
  provider text not null constraint provider_is_known check (provider in ('stripe', 'mercadopago', 'openpix', 'credits')),
  status payments.payment_status not null default 'pending',
  status_changed_at timestamptz not null default clock_timestamp(),
  amount bigint not null constraint amount_is_positive check (amount > 0),
  currency text not null references core.currencies (code) on delete restrict,
  platform_fee bigint not null default 0,
  vendor_payout bigint not null default 0,
  amount_authorized bigint not null default 0,
  amount_captured bigint not null default 0,
  refund_amount bigint not null default 0,
  refunded_amount bigint not null default 0,
  lost_amount bigint not null default 0,
  refund_reason text,
  is_surplus boolean not null default false,
  attempt_no integer not null default 1,
  gateway_payment_intent_id text,
  stripe_payment_intent_id text generated always as (case when provider = 'stripe' then gateway_payment_intent_id end) stored,
  stripe_checkout_session_id text,
  gateway_charge_id text,
  gateway_refund_id text,
  gateway_response jsonb,
  stripe_customer_id text,
  stripe_payment_method_id text,
  description text,
  failure_code text,
  failure_message text,
  idempotency_key text,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  processed_at timestamptz,
  refunded_at timestamptz,
  metadata jsonb not null default '{}',
  constraint captured_within_amount check (amount_captured between 0 and amount),
  constraint authorized_within_amount check (amount_authorized between 0 and amount),
  constraint given_back_within_captured check (refund_amount >= 0 and lost_amount >= 0 and refund_amount + lost_amount <= amount_captured),
  constraint refunded_within_requested check (refunded_amount between 0 and refund_amount),
  constraint shares_within_amount check (platform_fee >= 0 and vendor_payout >= 0 and platform_fee + vendor_payout <= amount)
) with (fillfactor = 85);
comment on table payments.payments is 'Every payment of every product line and method, one state machine. Amounts are in minor units of currency.';
comment on column payments.payments.refund_amount is 'Refunds requested and not failed; refunded_amount is the settled part of it.';
comment on column payments.payments.is_surplus is 'Money received for an order that was already paid; it is refunded in full.';
comment on column payments.payments.attempt_no is 'How often the customer started over after a failure; part of the key under which the provider creates the payment.';
comment on column payments.payments.gateway_response is 'The provider''s object as it was when the payment succeeded.';
comment on column payments.payments.lost_amount is 'What disputes have taken.';
create unique index one_successful_payment_per_order on payments.payments (booking_id) where amount_captured > 0 and not is_surplus;
create unique index one_open_payment_per_order_and_method on payments.payments (booking_id, method) where status in ('pending', 'processing', 'authorized', 'failed');
create unique index payments_provider_reference on payments.payments (provider, gateway_payment_intent_id);
create unique index payments_stripe_payment_intent on payments.payments (stripe_payment_intent_id);
create unique index payments_checkout_session on payments.payments (stripe_checkout_session_id);
create unique index payments_idempotency on payments.payments (idempotency_key);
create index payments_booking on payments.payments (booking_id);
create index payments_gateway on payments.payments (gateway_payment_intent_id);
create index payments_charge on payments.payments (gateway_charge_id);
create index payments_status on payments.payments (status, created_at);
create index payments_city on payments.payments (city_code, created_at desc);

create table payments.payment_attempts (
  id uuid primary key default core.new_id(),
  payment_id uuid not null references payments.payments (id) on delete restrict,
  attempt_no integer not null constraint attempts_are_counted check (attempt_no > 0),
  provider text not null constraint provider_is_known check (provider in ('stripe', 'mercadopago', 'openpix', 'credits')),
  reference text not null,
  status text not null constraint status_is_known check (status in ('pending', 'succeeded', 'failed')),
  failure_code text,
  failure_message text,
  processed_at timestamptz not null,
  created_at timestamptz not null default clock_timestamp(),
  constraint one_row_per_attempt unique (payment_id, reference),
  constraint one_number_per_attempt unique (payment_id, attempt_no)
);
comment on table payments.payment_attempts is 'Each try to pay that the provider told of, with its reason where it failed.';
comment on column payments.payment_attempts.reference is 'What the provider calls the try: its charge, else the payment method tried.';
comment on column payments.payment_attempts.attempt_no is 'The order in which we heard of the tries; not always that in which they were made.';
comment on column payments.payment_attempts.processed_at is 'The provider''s time, in steps of a second; for display.';

create table payments.pix_charges (
  id uuid primary key default core.new_id(),
  payment_id uuid not null references payments.payments (id) on delete restrict,
  city_code text not null references core.cities (code) on delete restrict,
  provider text not null constraint provider_is_known check (provider in ('stripe', 'mercadopago', 'openpix')),
  provider_charge_id text not null,
  txid text,
  qr_code_base64 text,
  qr_code_text text,
  original_amount bigint not null constraint original_amount_is_positive check (original_amount > 0),
  iof_amount bigint not null default 0 constraint iof_not_negative check (iof_amount >= 0),
  net_amount bigint not null,
  status payments.pix_status not null default 'pending',
  expires_at timestamptz not null,
  paid_at timestamptz,
  payer_name text,
  payer_document text,
  payer_bank_name text,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  metadata jsonb not null default '{}',
  constraint net_is_original_less_tax check (net_amount = original_amount - iof_amount),
  constraint one_charge_per_provider_id unique (provider, provider_charge_id),
  constraint one_charge_per_txid unique (provider, txid)
);
comment on table payments.pix_charges is 'What is particular to a PIX payment: the QR code, its expiry, the payer, the tax.';
create index pix_charges_payment on payments.pix_charges (payment_id);
create index pix_charges_status on payments.pix_charges (status, expires_at);
create index pix_charges_city on payments.pix_charges (city_code);

create table payments.refunds (
  id uuid primary key default core.new_id(),
  payment_id uuid not null references payments.payments (id) on delete restrict,
  booking_id uuid not null references payments.orders (id) on delete restrict,
  city_code text not null references core.cities (code) on delete restrict,
  amount bigint not null constraint amount_is_positive check (amount > 0),
  currency text not null references core.currencies (code) on delete restrict,
  reason payments.refund_reason not null,
  reason_details text,
  gateway_refund_id text unique,
  status payments.refund_status not null default 'pending',
  request_key text not null,
  requested_at timestamptz not null default clock_timestamp(),
  processed_at timestamptz,
  processed_by uuid,
  requested_by text,
  ledger_transaction_id uuid references ledger.ledger_transactions (id) on delete restrict,
  metadata jsonb not null default '{}'
);
comment on table payments.refunds is 'Money on its way back to a customer. Pending and completed refunds of a payment never exceed what it captured.';
comment on column payments.refunds.request_key is 'What makes two requests the same: while one is pending, a second with the same key returns it.';
create unique index one_pending_refund_per_request on payments.refunds (payment_id, request_key) where status = 'pending';
create index refunds_payment on payments.refunds (payment_id);
create index refunds_booking on payments.refunds (booking_id);
create index refunds_status on payments.refunds (status, requested_at);
create index refunds_city on payments.refunds (city_code, requested_at desc);
create index refunds_ledger on payments.refunds (ledger_transaction_id);

create table payments.disputes (
  id uuid primary key default core.new_id(),
  payment_id uuid not null references payments.payments (id) on delete restrict,
  booking_id uuid not null references payments.orders (id) on delete restrict,
  city_code text not null references core.cities (code) on delete restrict,
  gateway_dispute_id text not null unique,
  amount bigint not null constraint amount_is_positive check (amount > 0),
  currency text not null references core.currencies (code) on delete restrict,
  reason text,
  status text not null default 'open' constraint status_is_known check (status in ('open', 'won', 'lost')),
  is_inquiry boolean not null default false,
  withdrawn_amount bigint not null default 0 constraint withdrawn_not_negative check (withdrawn_amount >= 0),
  reinstated_amount bigint not null default 0 constraint reinstated_not_negative check (reinstated_amount >= 0),
  lost_amount bigint not null default 0,
  opened_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  constraint lost_within_withdrawn check (lost_amount between 0 and withdrawn_amount),
  constraint only_a_lost_dispute_costs check (lost_amount = 0 or status = 'lost'),
  constraint closed_at_its_end check ((closed_at is null) = (status = 'open'))
);
comment on table payments.disputes is 'Chargebacks. While one is open, refunds are refused and payouts wait.';
comment on column payments.disputes.is_inquiry is 'The bank only asks: nothing was taken, and refunds are possible.';
comment on column payments.disputes.withdrawn_amount is 'What the bank has taken, without fees; reinstated_amount is what came back of it.';
comment on column payments.disputes.lost_amount is 'What of the payment is gone for good.';
create index disputes_payment on payments.disputes (payment_id);
create index disputes_booking on payments.disputes (booking_id);
create index disputes_city on payments.disputes (city_code);

create table payments.payout_schedules (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  entity_type text not null constraint entity_type_is_known check (entity_type in ('owner', 'property')),
  entity_id uuid not null,
  frequency payments.payout_frequency not null default 'weekly',
  day_of_week integer constraint day_of_week_in_range check (day_of_week between 0 and 6),
  day_of_month integer constraint day_of_month_in_range check (day_of_month between 1 and 31),
  min_threshold bigint not null default 0 constraint threshold_not_negative check (min_threshold >= 0),
  hold_days integer not null default 0 constraint hold_days_not_negative check (hold_days >= 0),
  bank_details_encrypted text,
  is_active boolean not null default true,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint one_schedule_per_entity unique (city_code, entity_type, entity_id)
);
comment on table payments.payout_schedules is 'How often an owner, or one property, is paid. day_of_week 0 is Sunday; min_threshold is in minor units.';

create table payments.payout_batches (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  batch_number text not null unique,
  period_start date not null,
  period_end date not null,
  currency text not null references core.currencies (code) on delete restrict,
  status payments.payout_batch_status not null default 'draft',
  total_payouts integer not null default 0 constraint total_payouts_not_negative check (total_payouts >= 0),
  total_amount bigint not null default 0 constraint total_amount_not_negative check (total_amount >= 0),
  processed_at timestamptz,
  processed_by uuid,
  gateway_batch_id text,
  error_message text,
  created_at timestamptz not null default clock_timestamp(),
  constraint period_in_order check (period_end >= period_start)
);
comment on table payments.payout_batches is 'Payouts of one city, period and currency, executed together.';
create index payout_batches_city on payments.payout_batches (city_code, status);
create index payout_batches_period on payments.payout_batches (period_start, period_end);
create sequence payments.payout_batch_numbers as bigint;

create table payments.payouts (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  payout_batch_id uuid references payments.payout_batches (id) on delete restrict,
  listing_id uuid,
  booking_id uuid not null references payments.orders (id) on delete restrict,
  recipient_type payments.payout_type not null default 'owner',
  recipient_id uuid not null references payments.payees (id) on delete restrict,
  recipient_name text not null,
  share numeric not null default 1 constraint share_is_positive check (share > 0),
  payout_schedule_id uuid references payments.payout_schedules (id) on delete restrict,
  gross_amount bigint not null,
  commission_amount bigint not null,
  net_amount bigint not null,
  set_off_amount bigint not null default 0,
  currency text not null references core.currencies (code) on delete restrict,
  status payments.payout_status not null default 'pending',
  gateway_transfer_id text unique,
  scheduled_for date not null,
  processed_at timestamptz,
  ledger_transaction_id uuid references ledger.ledger_transactions (id) on delete restrict,
  created_at timestamptz not null default clock_timestamp(),
  metadata jsonb not null default '{}',
  constraint net_is_gross_less_commission check (net_amount = gross_amount - commission_amount),
  constraint amounts_not_negative check (gross_amount >= 0 and commission_amount >= 0 and net_amount >= 0),
  constraint set_off_within_net check (set_off_amount between 0 and net_amount)
);
comment on table payments.payouts is 'What a payee receives for one booking. Amounts are in minor units of currency, expected until the payout is executed.';
comment on column payments.payouts.share is 'Its part of the booking, in proportion to the shares of the booking''s other payouts.';
comment on column payments.payouts.payout_schedule_id is 'The schedule it follows; null follows the city''s setting.';
comment on column payments.payouts.set_off_amount is 'What of net_amount pays debts of the payee; the rest is transferred.';
create unique index one_payout_per_booking_and_recipient on payments.payouts (booking_id, recipient_id) where status not in ('failed', 'cancelled');
create index payouts_batch on payments.payouts (payout_batch_id);
create index payouts_listing on payments.payouts (listing_id);
create index payouts_booking on payments.payouts (booking_id);
create index payouts_recipient on payments.payouts (recipient_type, recipient_id);
create index payouts_payee on payments.payouts (recipient_id);
create index payouts_status on payments.payouts (status, scheduled_for);
create index payouts_ledger on payments.payouts (ledger_transaction_id);
create index payouts_schedule on payments.payouts (payout_schedule_id);
create index payouts_city on payments.payouts (city_code, created_at desc);

create table payments.stripe_events (
  event_id text primary key,
  type text not null,
  object_id text,
  rank integer not null default 0,
  api_version text,
  livemode boolean not null,
  account text,
  created timestamptz not null,
  payload jsonb not null,
  status text not null default 'received' constraint status_is_known
    check (status in ('received', 'processed', 'ignored', 'waiting', 'failed', 'dead')),
  waiting_for text,
  booking_id uuid references payments.orders (id) on delete restrict,
  attempts integer not null default 0,
  next_try_at timestamptz,
  last_error jsonb,
  received_at timestamptz not null default clock_timestamp(),
  processed_at timestamptz,
  constraint waiting_for_something check ((status = 'waiting') = (waiting_for is not null))
);
comment on table payments.stripe_events is 'The inbox: every event of Stripe, once. An event about an object we do not know yet waits for it.';
comment on column payments.stripe_events.created is 'Stripe''s own time, in steps of a second; never used for ordering.';
create index stripe_events_waiting on payments.stripe_events (waiting_for, rank) where status = 'waiting';
create index stripe_events_retry on payments.stripe_events (next_try_at) where status in ('failed', 'waiting');
create index stripe_events_object on payments.stripe_events (object_id);
create index stripe_events_booking on payments.stripe_events (booking_id);
create index stripe_events_received on payments.stripe_events (received_at);

-- Tables of modules that come before this one refer to orders from here on; they are still empty.
alter table core.outbox add constraint outbox_booking_fkey foreign key (booking_id) references payments.orders (id) on delete restrict;
alter table core.exceptions add constraint exceptions_booking_fkey foreign key (booking_id) references payments.orders (id) on delete restrict;
alter table ledger.ledger_transactions add constraint ledger_transactions_booking_fkey foreign key (booking_id) references payments.orders (id) on delete restrict;
alter table ledger.ledger_entries add constraint ledger_entries_booking_fkey foreign key (booking_id) references payments.orders (id) on delete restrict;
alter table ledger.ledger_entries add constraint ledger_entries_payment_fkey foreign key (payment_id) references payments.payments (id) on delete restrict;

insert into core.settings (key, value, description) values
  ('outbox.payments.create_refund', '{"backoff_seconds": [5, 10, 20], "max_attempts": 4}', 'Refunds at the provider.'),
  ('outbox.payments.cancel_payment_intent', '{"backoff_seconds": [1, 2, 4], "max_attempts": 4}', 'Cancelling an open payment at the provider.'),
  ('outbox.payments.create_transfer', '{"backoff_seconds": [1, 2, 4, 300, 3600, 21600], "max_attempts": 8}', 'Transfers to payees at the provider.'),
  ('payments.payout_schedule', '{"frequency": "weekly", "day_of_week": 1, "day_of_month": 1, "min_threshold": 0, "hold_days": 0}', 'When payees without a schedule of their own are paid. frequency: weekly, biweekly, monthly or on_checkout; day_of_week 0 is Sunday; min_threshold in minor units; hold_days after the share is due.'),
  ('stripe_event_retries', '{"backoff_seconds": [5, 30, 120, 600, 3600], "max_attempts": 6, "waiting_seconds": 60, "waiting_hours": 72}', 'When an event that failed is tried again and how often; how often one that waits for its object is looked at, and for how long.'),
  ('refund_estimated_days', '10', 'Days until a customer sees a refund, as told to callers.'),
  ('stripe', '{"livemode": false, "account": null}', 'What incoming events must agree with.');

insert into core.modules (name, position) values ('payments', 50);
