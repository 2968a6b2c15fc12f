-- What of the money received was given back: for each day of the city on which payments were received, and currency, how much that
-- was, and how much of it has been refunded by now. Money that was paid twice and went back at once counts on neither side.
-- Who: staff of the city; the system. Locks: none.
-- Fails with: UNAUTHORIZED, FORBIDDEN, MISSING_REQUIRED_FIELD, INVALID_PARAMETER.
create or replace function payments.report_refund_rate(p_city_code text, p_start_date date, p_end_date date)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_zone text;
begin
  perform access.require_staff(p_city_code, array['admin', 'city_admin', 'supervisor', 'agent']);
  perform core.require('city_code', p_city_code is not null);
  perform core.require('start_date', p_start_date is not null);
  perform core.require('end_date', p_end_date is not null);
  perform core.require_valid('start_date', isfinite(p_start_date), 'a date');
  perform core.require_valid('end_date', isfinite(p_end_date), 'a date');
  perform core.require_valid('end_date', p_end_date - p_start_date between 0 and 366, 'not before start_date and at most 366 days after it');
  select c.timezone into v_zone from core.cities as c where c.code = p_city_code;
  perform core.require_valid('city_code', found, 'a city');

  return jsonb_build_object('city_code', p_city_code, 'start_date', p_start_date, 'end_date', p_end_date, 'days', (
    select coalesce(jsonb_agg(to_jsonb(d) || jsonb_build_object(
      'refund_rate_percent', round(100.0 * d.refund_total / d.received_total, 2)) order by d.date, d.currency), '[]')
    from (
      select (p.processed_at at time zone v_zone)::date as date, p.currency, count(*) as payments,
        count(*) filter (where p.refunded_amount > 0) as payments_refunded,
        sum(p.amount_captured)::bigint as received_total, sum(p.refunded_amount)::bigint as refund_total
      from payments.payments as p
      where p.city_code = p_city_code and p.amount_captured > 0 and not p.is_surplus
        and p.processed_at >= p_start_date::timestamp at time zone v_zone
        and p.processed_at < (p_end_date + 1)::timestamp at time zone v_zone
      group by 1, 2) as d));
end;
$$;
comment on function payments.report_refund_rate(text, date, date) is 'The refunded part of what a city received, by day and currency, in minor units.';
revoke all on function payments.report_refund_rate(text, date, date) from public;
grant execute on function payments.report_refund_rate(text, date, date) to authenticated, service_role;
