-- Plan the payouts of a booking whose owner's share has fallen due: one per recipient, on the next day of its schedule.
-- Each schedule is the listing's own, else the one preferred for the recipient, else the recipient's, else the city's.
-- p_recipients: [{"payee_id", "share", "schedule_id"}]; who has a payout already gets no other.
-- Who: product lines, which hold the order. Locks: none.
create or replace function payments.open_payouts(p_booking_id uuid, p_recipients jsonb)
returns void
language sql volatile security definer
set search_path = ''
as $$
  insert into payments.payouts
    (city_code, listing_id, booking_id, recipient_type, recipient_id, recipient_name, share, payout_schedule_id,
     gross_amount, commission_amount, net_amount, currency, scheduled_for)
  select o.city_code, o.listing_id, o.id, y.kind, y.id, y.name, r.share, s.id,
    a.net + a.commission, a.commission, a.net, o.currency,
    payments.next_payout_date(t.terms, core.today(o.city_code) + (t.terms ->> 'hold_days')::integer)
  from payments.orders as o
  cross join (
    select i.*, i.share / sum(i.share) over () as part
    from jsonb_to_recordset(p_recipients) as i (payee_id uuid, share numeric, schedule_id uuid)) as r
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
  cross join lateral (
    select
      round(-ledger.booking_balance(o.id, 'payouts_receivable') * r.part)::bigint as net,
      round(-ledger.booking_balance(o.id, 'commission_revenue') * r.part)::bigint as commission) as a
  where o.id = p_booking_id
  on conflict (booking_id, recipient_id) where status not in ('failed', 'cancelled') do nothing
$$;
comment on function payments.open_payouts(uuid, jsonb) is 'Adds a pending payout for each recipient of a booking''s share.';
revoke all on function payments.open_payouts(uuid, jsonb) from public;
