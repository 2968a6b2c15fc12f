create schema ledger;
comment on schema ledger is 'Double-entry books. Every transaction balances per currency and is never changed; a correction is another transaction.';

create type ledger.account_class as enum ('asset', 'liability', 'revenue', 'expense');
create type ledger.ledger_direction as enum ('debit', 'credit');
create type ledger.ledger_account as enum (
  'cash_reserve', 'merchant_account', 'payouts_receivable', 'gateway_fees_receivable',
  'customer_deposits', 'refunds_payable', 'commissions_payable',
  'commission_revenue', 'gateway_fee_expense', 'iof_expense',
  'owner_receivable', 'customer_receivable', 'dispute_losses',
  'credits_liability', 'credits_revenue', 'promotions_expense',
  'wallet', 'credits_issued', 'credits_consumed', 'credits_promotional');
create type ledger.ledger_entry_type as enum (
  'payment_received', 'gateway_fee', 'iof_tax', 'commission_taken', 'commission_revenue',
  'payout_due', 'payout_executed', 'refund_processed', 'refund_reversal', 'adjustment',
  'dispute', 'bank_transfer', 'credit_sale', 'credit_spend', 'credit_refund');

create table ledger.ledger_accounts (
  account ledger.ledger_account primary key,
  class ledger.account_class not null,
  description text not null
);
comment on table ledger.ledger_accounts is 'The chart of accounts. Each city and currency has its own balance of each account.';
insert into ledger.ledger_accounts (account, class, description) values
  ('cash_reserve', 'asset', 'Money of customers, held at the payment providers'),
  ('merchant_account', 'asset', 'Our own bank account'),
  ('owner_receivable', 'asset', 'What owners owe us, netted from their next payout'),
  ('customer_receivable', 'asset', 'What customers owe us after a purchase was taken back that they had already spent'),
  ('payouts_receivable', 'liability', 'What we owe owners, vendors and experts (receivable by them)'),
  ('gateway_fees_receivable', 'liability', 'Fees we owe payment providers (receivable by them)'),
  ('customer_deposits', 'liability', 'Money held for bookings that have not ended'),
  ('refunds_payable', 'liability', 'Refunds on their way to customers'),
  ('commissions_payable', 'liability', 'Commission taken from deposits, on its way to revenue'),
  ('commission_revenue', 'revenue', 'Commission earned'),
  ('gateway_fee_expense', 'expense', 'Cost of payment processing'),
  ('iof_expense', 'expense', 'Tax on PIX payments'),
  ('dispute_losses', 'expense', 'Money withdrawn for disputes and not recovered from owners'),
  ('credits_liability', 'liability', 'Price of credits sold and not yet spent'),
  ('credits_revenue', 'revenue', 'Price of credits spent on usage'),
  ('promotions_expense', 'expense', 'What given credits cost when they are spent'),
  ('wallet', 'liability', 'Credits held by users, in CREDIT'),
  ('credits_issued', 'asset', 'Credits sold, in CREDIT (what the wallets came from)'),
  ('credits_consumed', 'revenue', 'Credits spent, in CREDIT'),
  ('credits_promotional', 'expense', 'Credits given away, in CREDIT');

create table ledger.ledger_transactions (
  id uuid primary key default core.new_id(),
  seq bigint not null unique,
  xid xid8 not null,
  started_at timestamptz not null,
  type text not null,
  city_code text not null references core.cities (code) on delete restrict,
  booking_id uuid,
  idempotency_key text unique,
  event_at timestamptz not null,
  created_at timestamptz not null default clock_timestamp(),
  metadata jsonb not null default '{}'
);
create sequence ledger.ledger_transactions_seq as bigint owned by ledger.ledger_transactions.seq;
comment on table ledger.ledger_transactions is 'Headers of the books. seq, xid and started_at are stamped by a trigger; event_at is when it happened, created_at when it was recorded.';
create index ledger_transactions_booking on ledger.ledger_transactions (booking_id, seq);
create index ledger_transactions_city on ledger.ledger_transactions (city_code, seq);

create table ledger.ledger_entries (
  id uuid primary key default core.new_id(),
  transaction_id uuid not null references ledger.ledger_transactions (id) on delete restrict,
  seq bigint not null,
  city_code text not null references core.cities (code) on delete restrict,
  entity_type text not null default 'booking',
  booking_id uuid,
  listing_id uuid,
  payment_id uuid,
  entry_type ledger.ledger_entry_type not null,
  account ledger.ledger_account not null references ledger.ledger_accounts (account) on delete restrict,
  direction ledger.ledger_direction not null,
  amount bigint not null constraint amount_is_positive check (amount > 0),
  currency text not null references core.currencies (code) on delete restrict,
  counterparty_type text,
  counterparty_id text,
  description text,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  created_by uuid
);
comment on table ledger.ledger_entries is 'Legs of the books. amount is in minor units of currency and always positive; direction tells the side.';
comment on column ledger.ledger_entries.seq is 'That of its transaction: the place in the books.';
create index ledger_entries_transaction on ledger.ledger_entries (transaction_id);
create index ledger_entries_booking on ledger.ledger_entries (booking_id);
create index ledger_entries_listing on ledger.ledger_entries (listing_id);
create index ledger_entries_payment on ledger.ledger_entries (payment_id);
create index ledger_entries_type on ledger.ledger_entries (entry_type, created_at);
create index ledger_entries_city on ledger.ledger_entries (city_code, created_at desc);
create index ledger_entries_account on ledger.ledger_entries (account, city_code, currency, seq, id);
create index ledger_entries_counterparty on ledger.ledger_entries (counterparty_id, account)
  where account in ('wallet', 'credits_liability', 'owner_receivable');

create table ledger.snapshots (
  up_to_seq bigint primary key,
  taken_at timestamptz not null default clock_timestamp()
);
comment on table ledger.snapshots is 'Marks as far as which the books were added up.';

create table ledger.snapshot_balances (
  account ledger.ledger_account not null,
  city_code text not null,
  currency text not null,
  up_to_seq bigint not null,
  debits bigint not null,
  credits bigint not null,
  primary key (account, city_code, currency, up_to_seq)
);
comment on table ledger.snapshot_balances is 'What the entries of an account, in a city and currency, add up to; a row only where it changed since the snapshot before. A balance is the last row and the entries since. No other index begins or ends with up_to_seq: it would tempt the planner to look for the last row of one account among those of all.';

insert into core.settings (key, value, description) values
  ('ledger_snapshot_transactions', '5000', 'How many transactions at least between two snapshots of balances.');

insert into core.modules (name, position) values ('ledger', 40);
