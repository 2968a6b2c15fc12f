-- Ask guests who have left, and have not said it yet, how it was; remind them once. Oldest first.
-- Who: tick. Locks: orders that it need not wait for, then as request_review; a savepoint each.
create or replace function lodging.tick_invite_reviews(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_now constant timestamptz := core.now();
  v_due record;
  v_done integer := 0;
begin
  for v_due in
    select o.id
    from lodging.reservations as b
    join payments.orders as o on o.id = b.id
    join core.cities as c on c.code = b.city_code
    join lodging.travelers as t on t.id = b.traveler_id
    cross join lateral (
      select (s.days ->> 'after_days')::integer as after, (s.days ->> 'reminder_days')::integer as reminder,
        (s.days ->> 'until_days')::integer as until
      from core.setting('lodging.review_requests', c.code) as s (days)) as w
    left join lodging.review_invitations as v on v.reservation_id = b.id
    where b.status in ('checked_out', 'completed', 'payout_pending', 'paid_out') and b.source = 'direct' and t.email is not null
      and b.check_out <= (v_now at time zone c.timezone)::date - w.after
      and b.check_out > (v_now at time zone c.timezone)::date - w.until
      and (v.id is null or v.completed_at is null and v.reminder_sent_at is null and v.sent_at <= v_now - make_interval(days => w.reminder))
      and not exists (select from lodging.reviews as r where r.reservation_id = b.id)
      and not lodging.has_failed('request_review', o.id)
    order by b.check_out
    limit p_limit
    for no key update of o skip locked
  loop
    if lodging.attempt('request_review', v_due.id) then
      v_done := v_done + 1;
    end if;
  end loop;
  return v_done;
end;
$$;
comment on function lodging.tick_invite_reviews(integer) is 'Sends invitations to review stays, and one reminder each.';
revoke all on function lodging.tick_invite_reviews(integer) from public;
