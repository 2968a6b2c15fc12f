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

insert into core.settings (key, value, description) values
  ('notifications.locale', '"pt-BR"', 'The language of recipients whose own is not known.');

-- Facts given by the sender: confirmation_code, property_name, check_in, check_out, guests; refund as {amount, currency}.
insert into notifications.notification_templates (city_code, template_code, channel, locale, subject_template, body_template) values
  ('ALL', 'booking_confirmation', 'email', 'pt-BR', 'Reserva {{confirmation_code}} confirmada: {{property_name}}',
$t$Olá!

Sua reserva em {{property_name}}, {{city}}, está confirmada.

Código: {{confirmation_code}}
Entrada: {{check_in}}
Saída: {{check_out}}
Hóspedes: {{guests}}
Total pago: {{total}}

Boa viagem!$t$),
  ('ALL', 'booking_confirmation', 'email', 'en', 'Booking {{confirmation_code}} confirmed: {{property_name}}',
$t$Hello,

Your booking at {{property_name}}, {{city}}, is confirmed.

Code: {{confirmation_code}}
Check-in: {{check_in}}
Check-out: {{check_out}}
Guests: {{guests}}
Total paid: {{total}}

Have a good trip!$t$),
  ('ALL', 'new_booking', 'email', 'pt-BR', 'Nova reserva {{confirmation_code}}: {{check_in}} a {{check_out}}',
$t$Olá!

{{property_name}} tem uma nova reserva.

Código: {{confirmation_code}}
Entrada: {{check_in}}
Saída: {{check_out}}
Hóspedes: {{guests}}
Total: {{total}}$t$),
  ('ALL', 'new_booking', 'email', 'en', 'New booking {{confirmation_code}}: {{check_in}} to {{check_out}}',
$t$Hello,

{{property_name}} has a new booking.

Code: {{confirmation_code}}
Check-in: {{check_in}}
Check-out: {{check_out}}
Guests: {{guests}}
Total: {{total}}$t$),
  ('ALL', 'refund_notice', 'email', 'pt-BR', 'Reembolso de {{refund}}',
$t$Olá!

Estamos devolvendo {{refund}} referente a: {{description}}.

O valor volta pelo mesmo meio de pagamento, em alguns dias úteis.$t$),
  ('ALL', 'refund_notice', 'email', 'en', 'Refund of {{refund}}',
$t$Hello,

We are returning {{refund}} for: {{description}}.

It goes back the way you paid, within a few business days.$t$);

insert into core.modules (name, position) values ('notifications', 60);
