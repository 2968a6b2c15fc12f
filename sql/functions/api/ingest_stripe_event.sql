-- Take in a verified event of Stripe: see payments.ingest_stripe_event.
create or replace function api.ingest_stripe_event(p_event jsonb)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select payments.ingest_stripe_event(p_event);
end;
comment on function api.ingest_stripe_event(jsonb) is
  'Stores an event of Stripe once and applies it. Status: processed, ignored, waiting, failed or dead.';
revoke all on function api.ingest_stripe_event(jsonb) from public;
grant execute on function api.ingest_stripe_event(jsonb) to service_role;
