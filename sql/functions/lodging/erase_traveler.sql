-- Forget a traveler (LGPD): names, addresses, sessions and the account are taken out of the traveler, of all his bookings, and of what
-- was sent and received about them. Stays, amounts and the books remain, of nobody. Not while a stay is still to come or under way.
-- Who: the traveler himself, by his account; admin; service_role. Locks: orders, the traveler, what the modules' hooks lock.
-- Fails with: NOT_FOUND, INVALID_TRANSITION (names the booking that is not over).
create or replace function lodging.erase_traveler(p_traveler_id uuid)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_id uuid;
  v_bookings uuid[];
  v_booking record;
begin
  select t.id into v_id
  from lodging.travelers as t
  where case when p_traveler_id is null then t.auth_user_id = access.user_id() else t.id = p_traveler_id end
    and (t.auth_user_id = access.user_id() or access.is_staff('ALL', array['admin']));
  if not found then
    perform core.raise('NOT_FOUND', jsonb_build_object('traveler_id', p_traveler_id));
  end if;
  select coalesce(array_agg(i.id order by i.id), '{}') into v_bookings
  from lodging.booking_intents as i
  left join lodging.reservations as r on r.id = i.id
  where v_id in (i.traveler_id, r.traveler_id);
  perform from payments.orders as o where o.id = any (v_bookings) order by o.id for no key update;

  select i.id, coalesce(r.status::text, i.status::text) as status into v_booking
  from lodging.booking_intents as i
  left join lodging.reservations as r on r.id = i.id
  where i.id = any (v_bookings)
    and (i.holds_inventory or r.status in ('host_commit_pending', 'confirmed', 'checkin_pending', 'checked_in', 'cancel_pending'))
  limit 1;
  if found then
    perform core.raise('INVALID_TRANSITION', jsonb_build_object('booking_id', v_booking.id, 'status', v_booking.status));
  end if;

  update lodging.travelers as t
  set auth_user_id = null, first_name = null, last_name = null, email = null, phone = null
  where t.id = v_id;
  update payments.orders as o
  set customer_subject = null, session_hash = encode(sha256(uuid_send(gen_random_uuid())), 'hex')
  where o.id = any (v_bookings);
  update lodging.booking_intents as i
  set session_id = o.session_hash, user_agent = null, ip_hash = null
  from payments.orders as o
  where i.id = any (v_bookings) and o.id = i.id;
  update lodging.reservations as r
  set cancellation_reason = null, host_commit_last_error = null
  where r.id = any (v_bookings) and r.cancellation_reason is distinct from 'no_show';
  perform core.call_hooks('on_booking_erased', b.id::text) from unnest(v_bookings) as b (id);
  perform audit.record('traveler.erased', 'traveler', v_id, 'ALL');
  return jsonb_build_object('traveler_id', v_id, 'bookings', cardinality(v_bookings));
end;
$$;
comment on function lodging.erase_traveler(uuid) is 'Takes a traveler''s personal data out of everything, and keeps the books; null is the caller.';
revoke all on function lodging.erase_traveler(uuid) from public;
grant execute on function lodging.erase_traveler(uuid) to authenticated, service_role;
