-- A new city has a place for ads at the top of its home page.
-- Who: core, when a city is added. Locks: none.
create or replace function ads.on_city_added(p_city_code text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  insert into ads.ads_slots (city_code, slot_code, slot_name, page_type, position)
  values (p_city_code, 'homepage_hero', 'Homepage Hero Banner', 'home', 'top')
$$;
comment on function ads.on_city_added(text) is 'Gives a city its first slot.';
revoke all on function ads.on_city_added(text) from public;
