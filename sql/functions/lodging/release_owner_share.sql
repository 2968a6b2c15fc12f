-- What is left of a stay's deposits, less the commission where a failed refund was given up, becomes its owners', and their
-- payouts are planned: of the payee of the order, else of all
-- who own the property, by their percentages. A share without an owner stays with us until a person finds one.
-- A cancelled stay keeps its status, which tells of the refund.
-- Who: complete_stay, end_stay, which hold order and reservation. Locks: none.
create or replace function lodging.release_owner_share(p_reservation_id uuid)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_reservation lodging.reservations;
  v_recipients jsonb;
begin
  perform ledger.recognise_commission(p_reservation_id, core.now());
  perform ledger.record_owner_share_due(p_reservation_id, core.now());
  if ledger.booking_balance(p_reservation_id, 'payouts_receivable') = 0 then
    update lodging.reservations as r set payout_eligible_at = null where r.id = p_reservation_id;
    return;
  end if;
  update lodging.reservations as r
  set status = case r.status when 'completed' then 'payout_pending' else r.status end
  where r.id = p_reservation_id
  returning * into v_reservation;

  select jsonb_agg(jsonb_build_object(
    'payee_id', s.payee_id, 'share', s.share, 'schedule_id', w.default_payout_schedule_id))
  into v_recipients
  from (
    select o.payee_id, 1 as share
    from payments.orders as o where o.id = p_reservation_id and o.payee_id is not null
    union all
    select m.owner_id, m.ownership_percentage
    from lodging.property_owner_mappings as m
    join payments.orders as o on o.id = p_reservation_id and o.payee_id is null
    where m.property_id = v_reservation.property_id) as s
  left join lodging.property_owners as w on w.id = s.payee_id;
  if v_recipients is null then
    perform core.open_exception('no_owner_to_pay', v_reservation.city_code, p_reservation_id);
  else
    perform payments.open_payouts(p_reservation_id, v_recipients);
    update lodging.reservations as r
    set payout_id = (
      select (array_agg(p.id))[1] from payments.payouts as p where p.booking_id = r.id having count(*) = 1)
    where r.id = p_reservation_id;
  end if;
end;
$$;
comment on function lodging.release_owner_share(uuid) is 'Posts the owner''s share of a stay as due and plans its payouts.';
revoke all on function lodging.release_owner_share(uuid) from public;
