-- The stays of the caller, for policies: as signed-in customer, or as the guest whose session is in the header.
-- Who: policies, as id = any ((select lodging.own_bookings())::uuid[]). Locks: none.
create or replace function lodging.own_bookings()
returns uuid[]
language sql stable security definer
set search_path = ''
as $$
  select coalesce(array_agg(o.id), '{}')
  from payments.orders as o
  where o.product_line = 'lodging'
    and (o.customer_subject = (select access.subject()) or o.session_hash = (select access.guest_session()))
$$;
comment on function lodging.own_bookings() is 'Ids of the caller''s stays, by token or by the session header.';
revoke all on function lodging.own_bookings() from public;
grant execute on function lodging.own_bookings() to anon, authenticated, service_role;
