-- Who, what, fails with: payments.report_refund_rate.
create or replace function api.report_refund_rate(p_city_code text, p_start_date date, p_end_date date)
returns jsonb
language sql stable security invoker
set search_path = ''
begin atomic
  select payments.report_refund_rate(p_city_code, p_start_date, p_end_date);
end;
comment on function api.report_refund_rate(text, date, date) is
  'What of the money received on each day was refunded by now, per currency. Staff see their cities.';
revoke all on function api.report_refund_rate(text, date, date) from public;
grant execute on function api.report_refund_rate(text, date, date) to authenticated, service_role;
