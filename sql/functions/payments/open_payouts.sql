-- Plan the payouts of a booking whose owner's share has fallen due: one per recipient, on the next day of its schedule.
-- Each schedule is the listing's own, else the one preferred for the recipient, else the recipient's, else the city's.
-- p_recipients: [{"payee_id", "share", "schedule_id"}]; who has a payout that waits, also for a person after it failed, gets no
-- other.
-- Who: product lines, which hold the order. Locks: none.
create or replace function payments.open_payouts(p_booking_id uuid, p_recipients jsonb)
returns void
language sql volatile security definer
set search_path = ''
as $$
  insert into payments.payouts
    (city_code, listing_id, booking_id, recipient_type, recipient_id, recipient_name, share, payout_schedule_id,
     gross_amount, commission_amount, net_amount, currency, scheduled_for)
  select o.city_code, o.listing_id, o.id, y.kind, y.id, y.name, r.share, s.id, 0, 0, 0, o.currency,
    payments.next_payout_date(t.terms, core.today(o.city_code) + (t.terms ->> 'hold_days')::integer)
  from payments.orders as o
  cross join jsonb_to_recordset(p_recipients) as r (payee_id uuid, share numeric, schedule_id uuid)
  join payments.payees as y on y.id = r.payee_id
  left join lateral (
    select c.id
    from payments.payout_schedules as c
    where c.is_active and c.city_code = o.city_code
      and (c.entity_type = 'property' and c.entity_id = o.listing_id
           or c.id = r.schedule_id
           or c.entity_type = 'owner' and c.entity_id = y.id)
    order by c.entity_type = 'property' and c.entity_id = o.listing_id desc, c.id = r.schedule_id desc nulls last
    limit 1) as s on true
  cross join lateral (select payments.payout_terms(s.id, o.city_code) as terms) as t
  where o.id = p_booking_id
    and not exists (
      select from payments.payouts as p
      where p.booking_id = o.id and p.recipient_id = y.id and p.status in ('pending', 'scheduled', 'failed'));

  update payments.payouts as p
  set gross_amount = a.net + a.commission, commission_amount = a.commission, net_amount = a.net, set_off_amount = 0
  from payments.payouts as w
  cross join lateral payments.payout_share(w.booking_id, w.recipient_id) as a
  where p.id = w.id and w.booking_id = p_booking_id and w.status in ('pending', 'scheduled')
$$;
comment on function payments.open_payouts(uuid, jsonb) is 'Adds a pending payout for each recipient of a booking''s share.';
revoke all on function payments.open_payouts(uuid, jsonb) from public;
