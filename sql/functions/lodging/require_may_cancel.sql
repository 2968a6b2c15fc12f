-- Demand that the caller may cancel a stay: his own, or one of his city's. Others' stays do not exist for him. To force it takes a supervisor.
-- Who: cancel_reservation. Locks: none. Fails with: UNAUTHORIZED, FORBIDDEN, NOT_FOUND, as access.session_hash.
create or replace function lodging.require_may_cancel(p_reservation_id uuid, p_session_id text, p_force boolean)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_order payments.orders;
begin
  select o.* into v_order
  from lodging.reservations as r
  join payments.orders as o on o.id = r.id
  where r.id = p_reservation_id;
  if v_order.id is null
    or not (access.owns(v_order.customer_subject, v_order.session_hash, p_session_id)
            or access.is_staff(v_order.city_code, array['admin', 'city_admin', 'supervisor', 'agent']))
  then
    perform core.raise('NOT_FOUND', jsonb_build_object('reservation_id', p_reservation_id));
  end if;
  if p_force then
    perform access.require_staff(v_order.city_code, array['admin', 'city_admin', 'supervisor']);
  end if;
end;
$$;
comment on function lodging.require_may_cancel(uuid, text, boolean) is 'Raises unless the caller may cancel the stay, by force if so asked.';
revoke all on function lodging.require_may_cancel(uuid, text, boolean) from public;
