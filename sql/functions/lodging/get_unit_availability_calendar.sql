-- The nights of a unit, both ends included: what each costs and whether it can be booked.
-- Who: everybody. Locks: none. Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER, NOT_FOUND.
create or replace function lodging.get_unit_availability_calendar(p_unit_id uuid, p_property_id uuid, p_start_date date, p_end_date date)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform core.require('unit_id', p_unit_id is not null);
  perform core.require('property_id', p_property_id is not null);
  perform core.require('start_date', p_start_date is not null);
  perform core.require('end_date', p_end_date is not null);
  perform core.require_valid('start_date', isfinite(p_start_date), 'a date');
  perform core.require_valid('end_date', isfinite(p_end_date), 'a date');
  perform core.require_valid('end_date', p_end_date - p_start_date between 0 and 366, 'from start_date to 366 days later');
  perform lodging.require_published(p_unit_id, p_property_id);

  return jsonb_build_object('unit_id', p_unit_id, 'dates', (
    select coalesce(jsonb_agg(
      jsonb_strip_nulls(jsonb_build_object(
        'date', c.date,
        'is_available', c.is_available and not c.is_blocked and c.allotment - c.bookings_count - c.temp_holds >= 1
          and c.date >= t.today,
        'is_blocked', c.is_blocked,
        'block_reason', case when c.is_blocked then c.block_reason end,
        'base_price', c.base_price,
        'discounted_price', c.discounted_price,
        'min_stay', c.min_stay,
        'allotment', c.allotment,
        'bookings_count', c.bookings_count))
      order by c.date), '[]')
    from lodging.availability_calendar as c
    cross join lateral (select core.today(c.city_code) as today) as t
    where c.unit_id = p_unit_id and c.date between p_start_date and p_end_date));
end;
$$;
comment on function lodging.get_unit_availability_calendar(uuid, uuid, date, date) is
  'Prices, restrictions and stock of a unit by night. is_available counts holds too.';
revoke all on function lodging.get_unit_availability_calendar(uuid, uuid, date, date) from public;
grant execute on function lodging.get_unit_availability_calendar(uuid, uuid, date, date) to anon, authenticated, service_role;
