-- Give up reservations that the Host has not accepted in time, oldest first.
-- Who: tick. Locks: orders and units that it need not wait for, then as time_out_reservation; a savepoint each.
create or replace function lodging.tick_host_commit_timeouts(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_deadline constant timestamptz :=
    core.now() - make_interval(secs => core.setting('lodging.host_commit_seconds')::double precision);
  v_overdue record;
  v_done integer := 0;
begin
  for v_overdue in
    select o.id, b.unit_id
    from lodging.reservations as b
    join payments.orders as o on o.id = b.id
    where b.status = 'host_commit_pending' and b.status_changed_at <= v_deadline
      and not lodging.has_failed('time_out_reservation', o.id)
    order by b.status_changed_at
    limit p_limit
    for no key update of o skip locked
  loop
    if lodging.try_lock_unit(v_overdue.unit_id) and lodging.attempt('time_out_reservation', v_overdue.id) then
      v_done := v_done + 1;
    end if;
  end loop;
  return v_done;
end;
$$;
comment on function lodging.tick_host_commit_timeouts(integer) is 'Fails reservations that wait for the Host longer than lodging.host_commit_seconds.';
revoke all on function lodging.tick_host_commit_timeouts(integer) from public;
