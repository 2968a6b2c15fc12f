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
  html_template text,
  is_active boolean not null default true,
  locale text not null default 'pt-BR',
  created_at timestamptz not null default clock_timestamp(),
  constraint one_template_per_city_channel_and_locale unique (city_code, template_code, channel, locale),
  constraint mails_have_a_subject check (channel <> 'email' or subject_template is not null),
  constraint only_mails_have_html check (channel = 'email' or html_template is null)
);
comment on table notifications.notification_templates is 'Jinja templates per city, channel and locale; those of ALL serve cities without their own.';
comment on column notifications.notification_templates.html_template is 'The same message in HTML, beside the plain text; facts are escaped.';

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
  claim_token uuid,
  locked_until timestamptz,
  scheduled_for timestamptz not null default clock_timestamp(),
  sent_at timestamptz,
  forgotten_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  constraint leased_while_processing check (
    (status = 'processing') = (claim_token is not null) and (status = 'processing') = (locked_until is not null)),
  constraint forgotten_means_empty check (
    forgotten_at is null
    or (recipient_email is null and recipient_phone is null and subject is null and body is null and metadata = '{}'))
);
comment on table notifications.notification_outbox is 'Messages to be sent and sent. metadata holds the facts for the template; subject and body are what was sent.';
comment on column notifications.notification_outbox.claim_token is 'Who holds this token may report the outcome; a new claim replaces it.';
comment on column notifications.notification_outbox.locked_until is 'When the claim of a worker that does not report lapses.';
comment on column notifications.notification_outbox.scheduled_for is 'When the next try is due.';
comment on column notifications.notification_outbox.forgotten_at is 'When recipient, text and facts were erased.';
create index notification_outbox_status on notifications.notification_outbox (status, scheduled_for);
create index notification_outbox_booking on notifications.notification_outbox (booking_id);
create index notification_outbox_template on notifications.notification_outbox (template_id);
create index notification_outbox_city on notifications.notification_outbox (city_code, created_at desc);
create index notification_outbox_remembered on notifications.notification_outbox (created_at) where forgotten_at is null;

insert into core.settings (key, value, description) values
  ('notifications.locale', '"pt-BR"', 'The language of recipients whose own is not known.'),
  ('notifications.sending', '{"backoff_seconds": [10, 60, 300, 900, 3600, 10800, 21600], "max_attempts": 8, "lease_seconds": 300}', 'Waits between tries of a message, tries in all, and how long a claim lasts.'),
  ('notifications.late_hours', '72', 'After how long a message that no worker could take is called off.'),
  ('notifications.keep_days', '365', 'How long recipient, text and facts of a message are kept.');

-- Facts: city, description and total come of themselves; whoever queues a message of a stay gives lodging.stay_facts.
insert into notifications.notification_templates (city_code, template_code, channel, locale, subject_template, body_template) values
  ('ALL', 'booking_confirmation', 'email', 'pt-BR', 'Reserva {{ confirmation_code }} confirmada: {{ property_name }}',
$t$Olá!

Sua reserva em {{ property_name }}, {{ city }}, está confirmada.

Código: {{ confirmation_code }}
Entrada: {{ check_in | date }}
Saída: {{ check_out | date }}
Hóspedes: {{ guests }}
Total pago: {{ total | money }}

Boa viagem!$t$),
  ('ALL', 'booking_confirmation', 'email', 'en', 'Booking {{ confirmation_code }} confirmed: {{ property_name }}',
$t$Hello,

Your booking at {{ property_name }}, {{ city }}, is confirmed.

Code: {{ confirmation_code }}
Check-in: {{ check_in | date }}
Check-out: {{ check_out | date }}
Guests: {{ guests }}
Total paid: {{ total | money }}

Have a good trip!$t$),
  ('ALL', 'new_booking', 'email', 'pt-BR', 'Nova reserva {{ confirmation_code }}: {{ check_in | date }} a {{ check_out | date }}',
$t$Olá!

{{ property_name }} tem uma nova reserva.

Código: {{ confirmation_code }}
Entrada: {{ check_in | date }}
Saída: {{ check_out | date }}
Hóspedes: {{ guests }}
Total: {{ total | money }}$t$),
  ('ALL', 'new_booking', 'email', 'en', 'New booking {{ confirmation_code }}: {{ check_in | date }} to {{ check_out | date }}',
$t$Hello,

{{ property_name }} has a new booking.

Code: {{ confirmation_code }}
Check-in: {{ check_in | date }}
Check-out: {{ check_out | date }}
Guests: {{ guests }}
Total: {{ total | money }}$t$),
  ('ALL', 'refund_notice', 'email', 'pt-BR', 'Reembolso de {{ refund | money }}',
$t$Olá!

Estamos devolvendo {{ refund | money }} referente a: {{ description }}.

O valor volta pelo mesmo meio de pagamento, em alguns dias úteis.$t$),
  ('ALL', 'refund_notice', 'email', 'en', 'Refund of {{ refund | money }}',
$t$Hello,

We are returning {{ refund | money }} for: {{ description }}.

It goes back the way you paid, within a few business days.$t$);

insert into notifications.notification_templates (city_code, template_code, channel, locale, subject_template, body_template) values
  ('ALL', 'review_invitation', 'email', 'pt-BR', 'Como foi em {{ property_name }}?',
$t$Olá!

Esperamos que você tenha gostado de {{ property_name }}, {{ city }}.

Conte a outros viajantes como foi: abra a reserva {{ confirmation_code }} em nosso site e deixe sua avaliação.

Obrigado!$t$),
  ('ALL', 'review_invitation', 'email', 'en', 'How was {{ property_name }}?',
$t$Hello,

We hope you enjoyed {{ property_name }}, {{ city }}.

Tell other travelers how it was: open booking {{ confirmation_code }} on our site and leave your review.

Thank you!$t$),
  ('ALL', 'review_reminder', 'email', 'pt-BR', 'Sua avaliação de {{ property_name }}',
$t$Olá!

Ainda dá tempo de avaliar sua estadia em {{ property_name }}: abra a reserva {{ confirmation_code }} em nosso site.

Não vamos lembrar de novo. Obrigado!$t$),
  ('ALL', 'review_reminder', 'email', 'en', 'Your review of {{ property_name }}',
$t$Hello,

There is still time to review your stay at {{ property_name }}: open booking {{ confirmation_code }} on our site.

We will not remind you again. Thank you!$t$);

insert into notifications.notification_templates (city_code, template_code, channel, locale, subject_template, body_template) values
  ('ALL', 'payment_receipt', 'email', 'pt-BR', 'Pagamento de {{ total | money }} recebido',
$t$Olá!

Recebemos {{ total | money }} referente a: {{ description }}.

Código: {{ confirmation_code }}
Entrada: {{ check_in | date }}
Saída: {{ check_out | date }}

{{ property_name }} está confirmando sua reserva; você recebe outra mensagem em seguida.$t$),
  ('ALL', 'payment_receipt', 'email', 'en', 'Payment of {{ total | money }} received',
$t$Hello,

We have received {{ total | money }} for: {{ description }}.

Code: {{ confirmation_code }}
Check-in: {{ check_in | date }}
Check-out: {{ check_out | date }}

{{ property_name }} is confirming your booking; another message follows.$t$),
  ('ALL', 'booking_failed', 'email', 'pt-BR', 'Reserva {{ confirmation_code }} não confirmada',
$t$Olá!

{{ property_name }} infelizmente não pôde confirmar sua reserva {{ confirmation_code }}, de {{ check_in | date }} a {{ check_out | date }}.

O que você pagou é devolvido por inteiro.$t$),
  ('ALL', 'booking_failed', 'email', 'en', 'Booking {{ confirmation_code }} not confirmed',
$t$Hello,

Unfortunately {{ property_name }} could not confirm your booking {{ confirmation_code }} from {{ check_in | date }} to {{ check_out | date }}.

What you paid is returned in full.$t$),
  ('ALL', 'cancellation_notice', 'email', 'pt-BR', 'Reserva {{ confirmation_code }} cancelada',
$t$Olá!

Sua reserva {{ confirmation_code }} em {{ property_name }}, de {{ check_in | date }} a {{ check_out | date }}, foi cancelada.

Se houver valor a devolver, você recebe outra mensagem.$t$),
  ('ALL', 'cancellation_notice', 'email', 'en', 'Booking {{ confirmation_code }} cancelled',
$t$Hello,

Your booking {{ confirmation_code }} at {{ property_name }} from {{ check_in | date }} to {{ check_out | date }} has been cancelled.

If money is to be returned, another message follows.$t$),
  ('ALL', 'booking_cancelled', 'email', 'pt-BR', 'Reserva {{ confirmation_code }} cancelada: {{ check_in | date }} a {{ check_out | date }}',
$t$Olá!

A reserva {{ confirmation_code }} em {{ property_name }}, de {{ check_in | date }} a {{ check_out | date }}, foi cancelada. As noites estão livres de novo.$t$),
  ('ALL', 'booking_cancelled', 'email', 'en', 'Booking {{ confirmation_code }} cancelled: {{ check_in | date }} to {{ check_out | date }}',
$t$Hello,

Booking {{ confirmation_code }} at {{ property_name }} from {{ check_in | date }} to {{ check_out | date }} has been cancelled. The nights are free again.$t$),
  ('ALL', 'checkin_reminder', 'email', 'pt-BR', '{{ property_name }} espera por você',
$t$Olá!

Sua estadia em {{ property_name }}, {{ city }}, começa em {{ check_in | date }}, a partir das {{ check_in_time }}.

Código: {{ confirmation_code }}
Saída: {{ check_out | date }}, até as {{ check_out_time }}
Hóspedes: {{ guests }}

Boa viagem!$t$),
  ('ALL', 'checkin_reminder', 'email', 'en', '{{ property_name }} is expecting you',
$t$Hello,

Your stay at {{ property_name }}, {{ city }}, begins on {{ check_in | date }}, from {{ check_in_time }}.

Code: {{ confirmation_code }}
Check-out: {{ check_out | date }}, until {{ check_out_time }}
Guests: {{ guests }}

Have a good trip!$t$);

insert into core.modules (name, position) values ('notifications', 60);
