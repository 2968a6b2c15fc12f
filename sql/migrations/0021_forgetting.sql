-- What providers were told and have told is forgotten in time, and at once where a traveler asks for it.
alter table core.outbox add column forgotten_at timestamptz;
comment on column core.outbox.forgotten_at is 'When payload and answer were erased.';

alter table payments.stripe_events add column forgotten_at timestamptz;
comment on column payments.stripe_events.forgotten_at is 'When the payload was erased.';

alter table integrations.host_webhook_events add column forgotten_at timestamptz;
comment on column integrations.host_webhook_events.forgotten_at is 'When the payload was erased.';

insert into core.settings (key, value, description) values
  ('message_keep_days', '180', 'How long commands that are done and events that are processed keep what they say. What a person may still try again keeps it longer.');
