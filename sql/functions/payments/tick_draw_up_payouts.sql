-- Put the payouts that are due into the day's batches. A payee whose payouts together stay below the least amount of their
-- schedule waits for its next day; what is held waits without a day.
-- Who: tick. Locks: orders and payouts (skip locked), batches by an advisory lock.
create or replace function payments.tick_draw_up_payouts(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_payout payments.payouts;
  v_terms jsonb;
  v_least bigint;
  v_count integer := 0;
begin
  for v_payout in
    select p.*
    from payments.payouts as p
    join payments.orders as o on o.id = p.booking_id
    join core.cities as c on c.code = p.city_code
    where p.status = 'pending' and p.scheduled_for <= (select core.now())::date + 2
      and p.scheduled_for <= ((select core.now()) at time zone c.timezone)::date
      and not payments.is_payout_held(p.booking_id)
    order by p.city_code, p.currency, p.recipient_id
    limit p_limit
    for no key update of o, p skip locked
  loop
    v_terms := payments.payout_terms(v_payout.payout_schedule_id, v_payout.city_code);
    v_least := (v_terms ->> 'min_threshold')::bigint;
    if v_least > 0 and v_least > (
      select sum(p.net_amount)
      from payments.payouts as p
      left join payments.payout_batches as b on b.id = p.payout_batch_id
      where p.recipient_id = v_payout.recipient_id and p.city_code = v_payout.city_code and p.currency = v_payout.currency
        and (p.status = 'pending' and p.scheduled_for <= core.today(p.city_code) or p.status = 'scheduled' and b.status = 'draft'))
    then
      update payments.payouts as p
      set scheduled_for = payments.next_payout_date(v_terms, core.today(p.city_code) + 1)
      where p.id = v_payout.id;
    else
      perform payments.put_into_batch(v_payout);
    end if;
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;
comment on function payments.tick_draw_up_payouts(integer) is 'Puts due payouts into batches, or off to their next day, and returns how many.';
revoke all on function payments.tick_draw_up_payouts(integer) from public;
