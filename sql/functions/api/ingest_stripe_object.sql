-- Take in an object fetched from Stripe: see payments.ingest_stripe_object.
create or replace function api.ingest_stripe_object(p_object jsonb)
returns jsonb
language sql volatile security invoker
set search_path = ''
begin atomic
  select payments.ingest_stripe_object(p_object);
end;
comment on function api.ingest_stripe_object(jsonb) is
  'Applies an object of Stripe. Status: processed, ignored, or waiting where its payment is unknown.';
revoke all on function api.ingest_stripe_object(jsonb) from public;
grant execute on function api.ingest_stripe_object(jsonb) to service_role;
