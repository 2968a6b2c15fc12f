-- Take in an object fetched from Stripe, by the same door as those in events.
-- Who: service_role. Locks: the order, the payment, what the line locks, waiting events of the object.
-- Fails with: FORBIDDEN, INVALID_REQUEST.
create or replace function payments.ingest_stripe_object(p_object jsonb)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_outcome jsonb;
begin
  perform access.require_service();
  perform payments.require_stripe_object(p_object);
  v_outcome := payments.apply_stripe_object(p_object, core.now());
  if v_outcome ->> 'status' = 'processed' then
    perform payments.process_waiting_events(payments.stripe_key(p_object));
  end if;
  return jsonb_build_object('object', p_object ->> 'id', 'status', v_outcome ->> 'status');
end;
$$;
comment on function payments.ingest_stripe_object(jsonb) is
  'Applies an object of Stripe. Status: processed, ignored, or waiting where its payment is unknown.';
revoke all on function payments.ingest_stripe_object(jsonb) from public;
grant execute on function payments.ingest_stripe_object(jsonb) to service_role;
