-- Plan payouts for who has had one of a booking and is owed more by now, since money came back that others were not to have. What
-- itself came back waits for a person: its recipient gets another payout only where named.
-- Who: functions of ours, which hold the order. Locks: none.
create or replace function payments.open_owed_payouts(p_booking_id uuid, p_recipient_id uuid default null)
returns void
language sql volatile security definer
set search_path = ''
as $$
  select payments.open_payouts(p_booking_id, jsonb_agg(jsonb_build_object(
    'payee_id', r.recipient_id, 'share', r.share, 'schedule_id', r.schedule_id)))
  from (
    select p.recipient_id, (array_agg(p.share order by p.created_at desc, p.id desc))[1] as share,
      (array_agg(p.payout_schedule_id order by p.created_at desc, p.id desc))[1] as schedule_id
    from payments.payouts as p
    where p.booking_id = p_booking_id
    group by p.recipient_id
    having p.recipient_id = p_recipient_id or sum(p.reversed_amount) = 0) as r
  where (payments.payout_share(p_booking_id, r.recipient_id)).net > 0
  having count(*) > 0
$$;
comment on function payments.open_owed_payouts(uuid, uuid) is 'Adds a pending payout for each recipient of a booking who is owed something and has none.';
revoke all on function payments.open_owed_payouts(uuid, uuid) from public;
