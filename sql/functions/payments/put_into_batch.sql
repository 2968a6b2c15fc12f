-- Put a payout into the day's batch of its city and currency, which is made if there is none that has not started.
-- Who: functions of ours that hold order and payout; several in the order of cities and currencies.
-- Locks: an advisory lock on the batches of city and currency.
create or replace function payments.put_into_batch(p_payout payments.payouts)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_today constant date := core.today(p_payout.city_code);
  v_batch_id uuid;
  v_number bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended(concat_ws(':', 'payments.payout_batches', p_payout.city_code, p_payout.currency), 0));
  select b.id into v_batch_id
  from payments.payout_batches as b
  where b.city_code = p_payout.city_code and b.currency = p_payout.currency and b.status = 'draft' and b.period_end = v_today;
  if not found then
    v_number := nextval('payments.payout_batch_numbers');
    insert into payments.payout_batches (city_code, batch_number, period_start, period_end, currency)
    values (
      p_payout.city_code, format('PB-%s-%s', extract(year from v_today), lpad(v_number::text, greatest(3, length(v_number::text)), '0')),
      least(p_payout.scheduled_for, v_today), v_today, p_payout.currency)
    returning id into v_batch_id;
  end if;
  update payments.payout_batches as b
  set period_start = p_payout.scheduled_for
  where b.id = v_batch_id and b.period_start > p_payout.scheduled_for;
  update payments.payouts as p set status = 'scheduled', payout_batch_id = v_batch_id where p.id = p_payout.id;
end;
$$;
comment on function payments.put_into_batch(payments.payouts) is 'Schedules a payout in the draft batch of the day.';
revoke all on function payments.put_into_batch(payments.payouts) from public;
