-- transactional: false
-- For searches: which units of a city cannot be left on a day. Claims change no column of it, so that they stay HOT updates.
create index concurrently if not exists availability_calendar_departure
  on lodging.availability_calendar (city_code, date, unit_id) where closed_to_departure;
