-- What one recipient of a booking is still to be paid: its part of all that was and is due, by largest remainder, less what it has
-- had or is being paid; no more than what is there.
-- Who: functions of ours, which hold the order. Locks: none.
create or replace function payments.payout_share(p_booking_id uuid, p_recipient_id uuid, out net bigint, out commission bigint)
language sql stable security definer
set search_path = ''
as $$
  with recipients as (
    select p.recipient_id, (array_agg(p.share order by p.created_at desc, p.id desc))[1] as share,
      coalesce(sum(p.net_amount - p.reversed_amount) filter (where p.status = 'completed'), 0) as had,
      coalesce(sum(p.net_amount) filter (where p.status = 'processing'), 0) as under_way,
      coalesce(sum(p.commission_amount) filter (where p.status in ('completed', 'processing')), 0) as commission_told
    from payments.payouts as p
    where p.booking_id = p_booking_id
    group by p.recipient_id
  ), totals as (
    select -ledger.booking_balance(p_booking_id, 'payouts_receivable') as unpaid,
      -ledger.booking_balance(p_booking_id, 'commission_revenue') as commission,
      sum(r.had) as had, sum(r.under_way) as under_way, sum(r.share) as shares
    from recipients as r
  ), parts as (
    select r.*, div((t.unpaid + t.had) * r.share, t.shares) as whole,
      row_number() over (order by (t.unpaid + t.had) * r.share % t.shares desc, r.recipient_id) as place
    from recipients as r
    cross join totals as t
  )
  select
    greatest(0, least(t.unpaid - t.under_way,
      p.whole + (p.place <= t.unpaid + t.had - (select sum(q.whole) from parts as q))::integer - p.had - p.under_way))::bigint,
    greatest(0, round(t.commission * p.share / t.shares) - p.commission_told)::bigint
  from parts as p
  cross join totals as t
  where p.recipient_id = p_recipient_id
$$;
comment on function payments.payout_share(uuid, uuid) is 'The amount and the commission of the next payout of a booking to a recipient, in minor units.';
revoke all on function payments.payout_share(uuid, uuid) from public;
