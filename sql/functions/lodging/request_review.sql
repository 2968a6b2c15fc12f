-- Ask the guest of a stay how it was and, some days later, once more.
-- Who: tick_invite_reviews, which holds the order's lock. Locks: the invitation.
create or replace function lodging.request_review(p_reservation_id uuid)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_now constant timestamptz := core.now();
  v_city constant text := (select r.city_code from lodging.reservations as r where r.id = p_reservation_id);
  v_days constant integer := (core.setting('lodging.review_requests', v_city) ->> 'reminder_days')::integer;
begin
  insert into lodging.review_invitations (city_code, reservation_id, traveler_id, property_id, sent_at)
  select r.city_code, r.id, r.traveler_id, r.property_id, v_now
  from lodging.reservations as r
  where r.id = p_reservation_id
  on conflict (reservation_id) do nothing;
  if found then
    perform lodging.notify_guest('review_invitation', p_reservation_id, p_reservation_id::text);
    return true;
  end if;

  update lodging.review_invitations as v
  set reminder_sent_at = v_now
  where v.reservation_id = p_reservation_id and v.completed_at is null and v.reminder_sent_at is null
    and v.sent_at <= v_now - make_interval(days => v_days);
  if found then
    perform lodging.notify_guest('review_reminder', p_reservation_id, p_reservation_id::text);
    return true;
  end if;
  return false;
end;
$$;
comment on function lodging.request_review(uuid) is 'Sends the invitation to review a stay, or its one reminder; returns whether one was due.';
revoke all on function lodging.request_review(uuid) from public;
