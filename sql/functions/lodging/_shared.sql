-- Reading what callers send, and the pages they get. Who: functions of ours. Fails with: MISSING_REQUIRED_FIELD, INVALID_PARAMETER, NOT_FOUND.

create or replace function lodging.require_object(p_field text, p_value jsonb, p_keys text[])
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform core.require_valid(p_field, coalesce(jsonb_typeof(p_value) = 'object', true), 'an object');
  perform core.require_valid(p_field, coalesce(p_value, '{}') - p_keys = '{}', 'no other keys than ' || array_to_string(p_keys, ', '));
end;
$$;
comment on function lodging.require_object(text, jsonb, text[]) is 'Raises unless the value is null or an object with no other keys than these.';
revoke all on function lodging.require_object(text, jsonb, text[]) from public;

create or replace function lodging.read_number(p_field text, p_value jsonb, p_min bigint, p_max bigint, p_default bigint)
returns bigint
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_rule constant text := format('a whole number from %s to %s', p_min, p_max);
begin
  if p_value is null or p_value = 'null' then
    return p_default;
  end if;
  perform core.require_valid(p_field, jsonb_typeof(p_value) = 'number', v_rule);
  perform core.require_valid(p_field, p_value::numeric = trunc(p_value::numeric) and p_value::numeric between p_min and p_max, v_rule);
  return p_value::numeric::bigint;
end;
$$;
comment on function lodging.read_number(text, jsonb, bigint, bigint, bigint) is 'A whole number within limits; the default where nothing was sent.';
revoke all on function lodging.read_number(text, jsonb, bigint, bigint, bigint) from public;

create or replace function lodging.read_texts(p_field text, p_value jsonb)
returns text[]
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if p_value is null or p_value = 'null' then
    return null;
  end if;
  perform core.require_valid(p_field, jsonb_typeof(p_value) = 'array', 'an array of strings');
  perform core.require_valid(p_field, not p_value @? '$[*] ? (@.type() != "string")', 'an array of strings');
  return array(select jsonb_array_elements_text(p_value));
end;
$$;
comment on function lodging.read_texts(text, jsonb) is 'An array of strings; null where nothing was sent.';
revoke all on function lodging.read_texts(text, jsonb) from public;

create or replace function lodging.read_guests(p_guests jsonb, out adults integer, out children integer, out infants integer)
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform core.require('guests', jsonb_typeof(p_guests) <> 'null');
  perform lodging.require_object('guests', p_guests, array['adults', 'children', 'infants']);
  adults := lodging.read_number('guests.adults', p_guests -> 'adults', 1, 99, null)::integer;
  children := lodging.read_number('guests.children', p_guests -> 'children', 0, 99, 0)::integer;
  infants := lodging.read_number('guests.infants', p_guests -> 'infants', 0, 99, 0)::integer;
  perform core.require('guests.adults', adults is not null);
end;
$$;
comment on function lodging.read_guests(jsonb) is 'How many adults, children and infants stay. Infants need no bed.';
revoke all on function lodging.read_guests(jsonb) from public;

create or replace function lodging.require_stay(p_check_in date, p_check_out date)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_max_nights constant integer := core.setting('lodging.max_nights')::integer;
begin
  perform core.require('check_in', p_check_in is not null);
  perform core.require('check_out', p_check_out is not null);
  perform core.require_valid('check_in', isfinite(p_check_in), 'a date');
  perform core.require_valid('check_out', isfinite(p_check_out), 'a date');
  perform core.require_valid('check_out', p_check_out > p_check_in, 'after check_in');
  perform core.require_valid('check_out', p_check_out - p_check_in <= v_max_nights,
    format('at most %s nights after check_in', v_max_nights));
end;
$$;
comment on function lodging.require_stay(date, date) is 'Raises unless the two dates are a stay of at least one night, not longer than the setting lodging.max_nights.';
revoke all on function lodging.require_stay(date, date) from public;

create or replace function lodging.require_city(p_city_code text)
returns core.cities
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_city core.cities;
begin
  select * into v_city from core.cities as c where c.code = p_city_code and c.is_active;
  if not found then
    perform core.raise('NOT_FOUND', jsonb_build_object('city_code', p_city_code));
  end if;
  return v_city;
end;
$$;
comment on function lodging.require_city(text) is 'The city; raises NOT_FOUND unless it is there and active.';
revoke all on function lodging.require_city(text) from public;

create or replace function lodging.read_pagination(p_pagination jsonb, out page integer, out per_page integer)
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform lodging.require_object('pagination', p_pagination, array['page', 'per_page']);
  page := lodging.read_number('pagination.page', p_pagination -> 'page', 1, 1000000, 1)::integer;
  per_page := lodging.read_number('pagination.per_page', p_pagination -> 'per_page', 1, 50, 20)::integer;
end;
$$;
comment on function lodging.read_pagination(jsonb) is 'Which page of how many: the first of twenty where nothing was sent, fifty at most.';
revoke all on function lodging.read_pagination(jsonb) from public;

create or replace function lodging.describe_pagination(p_page integer, p_per_page integer, p_total bigint)
returns jsonb
language sql immutable security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'page', p_page, 'per_page', p_per_page, 'total', p_total, 'total_pages', (p_total + p_per_page - 1) / p_per_page)
$$;
comment on function lodging.describe_pagination(integer, integer, bigint) is 'Where a page stands among all.';
revoke all on function lodging.describe_pagination(integer, integer, bigint) from public;
