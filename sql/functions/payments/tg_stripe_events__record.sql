-- Record how an event of the inbox goes, not what it says: its row has that already, and personal data with it. Its id in the audit
-- log is made from Stripe's, which is no uuid.
create or replace function payments.tg_stripe_events__record()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform audit.record(
    'stripe_event.updated', 'stripe_event', md5(new.event_id)::uuid, 'ALL',
    jsonb_build_object('event_id', new.event_id, 'status', jsonb_build_array(old.status, new.status)));
  return null;
end;
$$;
comment on function payments.tg_stripe_events__record() is 'Writes the status changes of an event to the audit log.';
revoke all on function payments.tg_stripe_events__record() from public;
