create schema notifications;
comment on schema notifications is 'Messages to guests, owners and staff: templates and the queue.';

create type notifications.notification_channel as enum ('email', 'whatsapp', 'sms', 'push');
create type notifications.notification_status as enum ('pending', 'processing', 'sent', 'failed', 'cancelled');

create table notifications.notification_templates (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  template_code text not null,
  channel notifications.notification_channel not null,
  subject_template text,
  body_template text not null,
  is_active boolean not null default true,
  locale text not null default 'pt-BR',
  created_at timestamptz not null default clock_timestamp(),
  constraint one_template_per_city_channel_and_locale unique (city_code, template_code, channel, locale)
);
comment on table notifications.notification_templates is 'Texts per city, channel and locale; the texts of ALL serve cities without their own.';

create table notifications.notification_outbox (
  id uuid primary key default core.new_id(),
  city_code text not null references core.cities (code) on delete restrict,
  recipient_type text not null constraint recipient_type_is_known check (recipient_type in ('traveler', 'customer', 'property', 'owner', 'admin')),
  recipient_id uuid,
  recipient_email text,
  recipient_phone text,
  template_id uuid references notifications.notification_templates (id) on delete restrict,
  template_code text not null,
  channel notifications.notification_channel not null,
  locale text not null default 'pt-BR',
  subject text,
  body text,
  booking_id uuid references payments.orders (id) on delete restrict,
  metadata jsonb not null default '{}',
  dedupe_key text unique,
  status notifications.notification_status not null default 'pending',
  attempt_count integer not null default 0,
  last_error text,
  locked_until timestamptz,
  scheduled_for timestamptz not null default clock_timestamp(),
  sent_at timestamptz,
  created_at timestamptz not null default clock_timestamp()
);
comment on table notifications.notification_outbox is 'Messages to be sent and sent. metadata holds the facts for the template.';
create index notification_outbox_status on notifications.notification_outbox (status, scheduled_for);
create index notification_outbox_booking on notifications.notification_outbox (booking_id);
create index notification_outbox_template on notifications.notification_outbox (template_id);
create index notification_outbox_city on notifications.notification_outbox (city_code, created_at desc);

insert into core.modules (name, position) values ('notifications', 60);
