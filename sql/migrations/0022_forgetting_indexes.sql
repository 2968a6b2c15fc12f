-- transactional: false
-- squawk-ignore-file ban-concurrent-index-creation-in-transaction
-- What is to be forgotten is found without reading all that was.
create index concurrently if not exists outbox_remembered on core.outbox (finished_at) where forgotten_at is null and status in ('done', 'cancelled');
create index concurrently if not exists stripe_events_remembered on payments.stripe_events (received_at) where forgotten_at is null and status in ('processed', 'ignored');
create index concurrently if not exists host_webhook_events_remembered on integrations.host_webhook_events (created_at) where forgotten_at is null and processed;
