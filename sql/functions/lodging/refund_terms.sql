-- What a guest who cancels now gets back: percentage, by the terms under which the stay was sold. It is another one until some hours
-- before check-in than after; hours are counted on the clock, back from the local time of check-in.
-- Terms that name no hours have no such time; those that name no percentage give all before it, and nothing after.
-- Who: functions of ours. Locks: none.
create or replace function lodging.refund_terms(p_reservation lodging.reservations, out policy text, out percentage integer)
language sql volatile security definer
set search_path = ''
as $$
  select t.terms ->> 'policy_type',
    case when coalesce((select core.now()) <= t.checks_in_at - make_interval(hours => (t.terms ->> 'free_cancellation_hours')::integer), false)
      then coalesce((t.terms ->> 'refund_percentage_before')::integer, 100)
      else coalesce((t.terms ->> 'refund_percentage_after')::integer, 0)
    end
  from (
    select o.policy_snapshot as terms,
      (p_reservation.check_in + (o.policy_snapshot ->> 'check_in_time')::time)
        at time zone (o.policy_snapshot ->> 'timezone') as checks_in_at
    from payments.orders as o
    where o.id = p_reservation.id) as t
$$;
comment on function lodging.refund_terms(lodging.reservations) is 'The policy of a stay, and the percentage that is refunded if it is cancelled now.';
revoke all on function lodging.refund_terms(lodging.reservations) from public;
