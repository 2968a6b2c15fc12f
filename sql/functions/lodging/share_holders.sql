-- Who shares in the money of a stay, by which parts: whoever has had a payout of it, else the payee of its order or else of
-- its property, else all who own the property by now. Null while nobody does.
-- Who: functions of ours. Locks: none.
create or replace function lodging.share_holders(p_reservation_id uuid)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  with before as (
    select distinct on (p.recipient_id) p.recipient_id as payee_id, p.share
    from payments.payouts as p
    where p.booking_id = p_reservation_id
    order by p.recipient_id, p.created_at desc
  ), sold as (
    select p.id as property_id, coalesce(o.payee_id, p.payee_id) as payee_id
    from payments.orders as o
    join lodging.properties_map as p on p.id = o.listing_id
    where o.id = p_reservation_id
  ), holders as (
    select b.payee_id, b.share
    from before as b
    union all
    select s.payee_id, 1
    from sold as s
    where s.payee_id is not null and not exists (select from before)
    union all
    select m.owner_id, m.ownership_percentage
    from sold as s
    join lodging.property_owner_mappings as m on m.property_id = s.property_id
    where s.payee_id is null and not exists (select from before)
  )
  select jsonb_agg(jsonb_build_object('payee_id', h.payee_id, 'share', h.share, 'schedule_id', w.default_payout_schedule_id))
  from holders as h
  left join lodging.property_owners as w on w.id = h.payee_id
$$;
comment on function lodging.share_holders(uuid) is 'The recipients of payouts for a stay, their shares and preferred schedules, as payments.open_payouts takes them.';
revoke all on function lodging.share_holders(uuid) from public;
