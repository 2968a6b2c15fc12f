-- Remind the guest of a stay that begins soon, once.
-- Who: tick_remind_of_checkin, which holds the order. Locks: none.
create or replace function lodging.remind_of_checkin(p_reservation_id uuid)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform lodging.notify_guest('checkin_reminder', p_reservation_id, p_reservation_id::text);
  return true;
end;
$$;
comment on function lodging.remind_of_checkin(uuid) is 'Queues the reminder that a stay begins soon.';
revoke all on function lodging.remind_of_checkin(uuid) from public;
