-- A booking may have been won by an ad: by the last one that its session clicked, if that was not too long ago.
-- A click wins one booking at most, and a booking is won by one click.
-- Who: product lines, through core.call_hooks, when a booking is confirmed. Locks: the click.
create or replace function ads.on_booking_confirmed(p_booking_id text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  update ads.ads_clicks as c
  set converted = true, conversion_value = o.amount, booking_id = o.id
  from payments.orders as o
  where o.id = p_booking_id::uuid
    and c.id = (
      select k.id
      from ads.ads_clicks as k
      where k.session_id = access.analytics_session(o.session_hash)
        and k.created_at > (select core.now()) - make_interval(days => core.setting('ads.conversion_days', o.city_code)::integer)
      order by k.created_at desc, k.id desc
      limit 1)
    and not c.converted
    and not exists (select from ads.ads_clicks as w where w.booking_id = o.id)
$$;
comment on function ads.on_booking_confirmed(text) is 'Credits a booking to the last click of its session.';
revoke all on function ads.on_booking_confirmed(text) from public;
