-- What is left of a stay's deposits, less the commission where a failed refund was given up, becomes its owners', and their
-- payouts are planned. A share without an owner stays with us, and the stay completed, until a person finds one.
-- A cancelled stay keeps its status, which tells of the refund.
-- Who: complete_stay, end_stay, record_no_show, which hold order and reservation. Locks: none.
create or replace function lodging.release_owner_share(p_reservation_id uuid)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_holders constant jsonb := lodging.share_holders(p_reservation_id);
  v_is_due boolean;
begin
  perform ledger.recognise_commission(p_reservation_id, core.now());
  perform ledger.record_owner_share_due(p_reservation_id, core.now());
  v_is_due := ledger.booking_balance(p_reservation_id, 'payouts_receivable') <> 0;
  if v_is_due and v_holders is null then
    perform core.open_exception('no_owner_to_pay', r.city_code, r.id)
    from lodging.reservations as r where r.id = p_reservation_id;
    update lodging.reservations as r set has_open_share = true where r.id = p_reservation_id;
    return;
  end if;

  if v_is_due then
    perform payments.open_payouts(p_reservation_id, v_holders);
  end if;
  perform core.resolve_exceptions('no_owner_to_pay', p_reservation_id, '{}', 'an owner was found');
  update lodging.reservations as r
  set has_open_share = false,
      payout_eligible_at = case when exists (select from payments.payouts as p where p.booking_id = r.id) then r.payout_eligible_at end,
      payout_id = (select (array_agg(p.id))[1] from payments.payouts as p where p.booking_id = r.id having count(*) = 1),
      status = case when v_is_due and r.status in ('completed', 'paid_out') then 'payout_pending' else r.status end
  where r.id = p_reservation_id;
end;
$$;
comment on function lodging.release_owner_share(uuid) is 'Posts the owner''s share of a stay as due and plans its payouts.';
revoke all on function lodging.release_owner_share(uuid) from public;
