-- Lock a payout for somebody who may decide over it.
-- Who: functions for supervisors and administrators of its city, and for service_role. Locks: the order, the payout.
-- Fails with: UNAUTHORIZED, FORBIDDEN, MISSING_REQUIRED_FIELD, NOT_FOUND.
create or replace function payments.lock_payout_as_staff(p_payout_id uuid)
returns payments.payouts
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payout payments.payouts;
begin
  perform core.require('payout_id', p_payout_id is not null);
  perform access.require_staff(
    (select p.city_code from payments.payouts as p where p.id = p_payout_id), array['admin', 'city_admin', 'supervisor']);
  v_payout := payments.lock_payout(p_payout_id);
  if v_payout.id is null then
    perform core.raise('NOT_FOUND', jsonb_build_object('payout_id', p_payout_id));
  end if;
  return v_payout;
end;
$$;
comment on function payments.lock_payout_as_staff(uuid) is 'Locks a payout of a city that the caller decides for.';
revoke all on function payments.lock_payout_as_staff(uuid) from public;
