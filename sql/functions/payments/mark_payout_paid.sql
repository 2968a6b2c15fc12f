-- Say that a payout was made by hand, under a reference such as that of the bank; saying it again changes nothing.
-- While a transfer is under way nobody pays by hand.
-- Who: supervisors and administrators of its city, service_role. Locks: the order, the payout, the payee, what the line locks.
-- Fails with: UNAUTHORIZED, FORBIDDEN, MISSING_REQUIRED_FIELD, INVALID_PARAMETER, NOT_FOUND, INVALID_TRANSITION.
create or replace function payments.mark_payout_paid(p_payout_id uuid, p_reference text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payout payments.payouts;
begin
  perform core.require('reference', p_reference is not null);
  perform core.require_valid('reference', length(btrim(p_reference)) between 1 and 200, '1 to 200 characters');
  v_payout := payments.lock_payout_as_staff(p_payout_id);
  if v_payout.status <> 'completed' or v_payout.metadata ->> 'reference' is distinct from p_reference then
    if v_payout.status not in ('processing', 'failed') or exists (
      select from core.outbox as o
      where o.booking_id = v_payout.booking_id and o.topic = 'payments.create_transfer' and o.status = 'pending'
        and o.payload ->> 'payout_id' = p_payout_id::text)
    then
      perform core.raise_invalid_transition('payout', v_payout.status::text, 'completed');
    end if;
    update payments.payouts as p
    set metadata = p.metadata || jsonb_build_object('reference', p_reference, 'marked_by', access.subject())
    where p.id = p_payout_id;
    perform payments.finish_payout(v_payout, core.now());
  end if;
  return jsonb_build_object('payout_id', p_payout_id, 'status', 'completed',
    'amount', v_payout.net_amount - v_payout.set_off_amount, 'currency', v_payout.currency);
end;
$$;
comment on function payments.mark_payout_paid(uuid, text) is 'Books a payout that was made by hand; returns its amount in minor units.';
revoke all on function payments.mark_payout_paid(uuid, text) from public;
grant execute on function payments.mark_payout_paid(uuid, text) to authenticated, service_role;
