-- Complete the stays whose guests left lodging.completion_hours ago, and give owners their shares. A share that could not fall
-- due then falls due once no refund of the stay is on its way or waits for somebody, and the property has an owner.
-- Who: tick. Locks: orders that it need not wait for, then as complete_stay; a savepoint each.
create or replace function lodging.tick_complete_stays(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_due_id uuid;
  v_done integer := 0;
begin
  for v_due_id in
    select o.id
    from lodging.reservations as r
    join payments.orders as o on o.id = r.id
    where (r.status = 'checked_out'
      and r.status_changed_at <= (select core.now())
        - make_interval(hours => (select core.setting('lodging.completion_hours')::integer))
      or r.has_open_share and r.status in ('completed', 'payout_pending', 'paid_out', 'cancelled', 'refund_failed', 'refunded')
      and not payments.awaits_refund(r.id) and lodging.share_holders(r.id) is not null
      and not exists (select from payments.refunds as f where f.booking_id = r.id and f.status = 'pending'))
      and not lodging.has_failed('complete_stay', o.id)
    order by r.status_changed_at
    limit p_limit
    for no key update of o skip locked
  loop
    if lodging.attempt('complete_stay', v_due_id) then
      v_done := v_done + 1;
    end if;
  end loop;
  return v_done;
end;
$$;
comment on function lodging.tick_complete_stays(integer) is 'Completes stays some time after check-out and plans the payouts to their owners.';
revoke all on function lodging.tick_complete_stays(integer) from public;
