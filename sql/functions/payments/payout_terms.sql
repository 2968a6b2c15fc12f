-- When payouts on a schedule are made: that of the schedule while it is active, else the city's.
-- Who: functions of ours. Locks: none.
create or replace function payments.payout_terms(p_schedule_id uuid, p_city_code text)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return core.setting('payments.payout_schedule', p_city_code) || coalesce((
    select jsonb_strip_nulls(jsonb_build_object(
      'frequency', s.frequency, 'day_of_week', s.day_of_week, 'day_of_month', s.day_of_month,
      'min_threshold', s.min_threshold, 'hold_days', s.hold_days, 'since', s.created_at::date))
    from payments.payout_schedules as s
    where s.id = p_schedule_id and s.is_active), '{}');
end;
$$;
comment on function payments.payout_terms(uuid, text) is
  'frequency, day_of_week, day_of_month, min_threshold (minor units), hold_days, and since when for every second week.';
revoke all on function payments.payout_terms(uuid, text) from public;
