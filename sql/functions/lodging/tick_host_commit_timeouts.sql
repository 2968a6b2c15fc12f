-- Give up reservations that the Host has not accepted in time, oldest first.
-- Who: tick. Locks: orders and units it need not wait for, then as fail_reservation.
create or replace function lodging.tick_host_commit_timeouts(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_deadline constant timestamptz :=
    core.now() - make_interval(secs => core.setting('lodging.host_commit_seconds')::double precision);
  v_overdue record;
  v_reservation lodging.reservations;
  v_done integer := 0;
begin
  for v_overdue in
    select o.id, r.unit_id
    from lodging.reservations as r
    join payments.orders as o on o.id = r.id
    where r.status = 'host_commit_pending' and r.status_changed_at <= v_deadline
    order by r.status_changed_at
    limit p_limit
    for no key update of o skip locked
  loop
    v_reservation := lodging.lock_reservation(v_overdue.id);
    if v_reservation.status = 'host_commit_pending' and lodging.try_lock_unit(v_overdue.unit_id) then
      perform core.call_off_commands('lodging.commit_booking', v_overdue.id);
      perform lodging.fail_reservation(v_reservation, 'the Host did not answer in time');
      v_done := v_done + 1;
    end if;
  end loop;
  return v_done;
end;
$$;
comment on function lodging.tick_host_commit_timeouts(integer) is 'Fails reservations that wait for the Host longer than lodging.host_commit_seconds.';
revoke all on function lodging.tick_host_commit_timeouts(integer) from public;
