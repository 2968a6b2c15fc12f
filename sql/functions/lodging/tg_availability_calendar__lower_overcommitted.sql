-- What was sold beyond the allotment shrinks as bookings go; it never grows here.
create or replace function lodging.tg_availability_calendar__lower_overcommitted()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  new.overcommitted := least(new.overcommitted, greatest(new.bookings_count + new.temp_holds - new.allotment, 0));
  return new;
end;
$$;
comment on function lodging.tg_availability_calendar__lower_overcommitted() is 'Keeps overcommitted at most at what is sold and held beyond the allotment.';
revoke all on function lodging.tg_availability_calendar__lower_overcommitted() from public;
