-- The first day on which payouts with these terms are made, from a day on. Every second week counts from the first such weekday
-- since the terms hold; a month without the day has it on its last.
-- Who: functions of ours. Locks: none.
create or replace function payments.next_payout_date(p_terms jsonb, p_from date)
returns date
language plpgsql immutable security definer
set search_path = ''
as $$
declare
  v_weekday constant integer := (p_terms ->> 'day_of_week')::integer;
  v_since constant date := coalesce((p_terms ->> 'since')::date, '2026-01-04');
  v_first constant date := v_since + (v_weekday - extract(dow from v_since)::integer + 7) % 7;
begin
  return case p_terms ->> 'frequency'
    when 'on_checkout' then p_from
    when 'weekly' then p_from + (v_weekday - extract(dow from p_from)::integer + 7) % 7
    when 'biweekly' then p_from + ((v_first - p_from) % 14 + 14) % 14
    when 'monthly' then (
      select min(d.day)
      from (
        select least(m.first + (p_terms ->> 'day_of_month')::integer - 1, (m.first + interval '1 month')::date - 1) as day
        from (
          select (date_trunc('month', p_from::timestamp) + make_interval(months => n))::date as first
          from generate_series(0, 1) as n) as m) as d
      where d.day >= p_from)
  end;
end;
$$;
comment on function payments.next_payout_date(jsonb, date) is 'The first payout date of a schedule''s terms, the given day or later.';
revoke all on function payments.next_payout_date(jsonb, date) from public;
