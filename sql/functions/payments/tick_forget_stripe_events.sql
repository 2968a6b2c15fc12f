-- Erase the payloads of old events of Stripe that are processed, or of no interest. That they came is kept.
-- Who: tick. Locks: the rows, skip locked.
create or replace function payments.tick_forget_stripe_events(p_limit integer)
returns integer
language sql volatile security definer
set search_path = ''
as $$
  with forgotten as (
    update payments.stripe_events as e
    set forgotten_at = clock_timestamp(), payload = '{}'
    where e.event_id in (
      select old.event_id
      from payments.stripe_events as old
      where old.forgotten_at is null and old.status in ('processed', 'ignored')
        and old.received_at <= (select core.now() - make_interval(days => core.setting('message_keep_days')::integer))
      order by old.received_at
      limit p_limit
      for update skip locked)
    returning 1
  )
  select count(*)::integer from forgotten
$$;
comment on function payments.tick_forget_stripe_events(integer) is 'Erases payloads of events older than message_keep_days.';
revoke all on function payments.tick_forget_stripe_events(integer) from public;
