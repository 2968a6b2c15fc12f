-- Remind guests of stays that begin within lodging.checkin_reminder_hours, by the property's time of check-in. Who booked
-- later than that has just been told everything.
-- Who: tick. Locks: orders that it need not wait for, then as remind_of_checkin; a savepoint each.
create or replace function lodging.tick_remind_of_checkin(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_now constant timestamptz := core.now();
  v_horizon constant date := (
    select (v_now + make_interval(hours => max(s.value::integer)))::date + 1
    from core.settings as s where s.key = 'lodging.checkin_reminder_hours');
  v_due_id uuid;
  v_done integer := 0;
begin
  for v_due_id in
    select o.id
    from lodging.reservations as r
    join payments.orders as o on o.id = r.id
    join core.cities as c on c.code = r.city_code
    join lodging.properties_map as p on p.id = r.property_id
    join lodging.travelers as t on t.id = r.traveler_id
    cross join lateral (select (r.check_in + p.check_in_time) at time zone c.timezone as begins) as stay
    cross join lateral (
      select stay.begins - make_interval(hours => core.setting('lodging.checkin_reminder_hours', c.code)::integer) as due) as reminder
    where r.status in ('confirmed', 'checkin_pending') and r.source = 'direct' and t.email is not null
      and r.check_in between v_now::date - 1 and v_horizon
      and stay.begins > v_now and reminder.due <= v_now and r.booked_at < reminder.due
      and not exists (
        select from notifications.notification_outbox as n where n.dedupe_key = 'checkin_reminder:' || r.id)
      and not lodging.has_failed('remind_of_checkin', o.id)
    order by stay.begins
    limit p_limit
    for no key update of o skip locked
  loop
    if lodging.attempt('remind_of_checkin', v_due_id) then
      v_done := v_done + 1;
    end if;
  end loop;
  return v_done;
end;
$$;
comment on function lodging.tick_remind_of_checkin(integer) is 'Reminds guests of stays that begin soon.';
revoke all on function lodging.tick_remind_of_checkin(integer) from public;
