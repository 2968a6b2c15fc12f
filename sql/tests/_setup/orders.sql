-- Orders and payments for tests of what stands on them, written past the functions that make them.

create or replace function tests.create_order(
  amount bigint, platform_fee bigint default 0, city text default 'URB', currency text default 'BRL', payee uuid default null)
returns uuid language plpgsql volatile security definer set search_path = '' as $$
declare
  v_id uuid;
begin
  insert into core.cities (code, name, timezone, currency)
  select create_order.city, create_order.city, 'America/Sao_Paulo', 'BRL'
  where not exists (select from core.cities as c where c.code = create_order.city);
  insert into payments.orders (product_line, listing_id, payee_id, session_hash, city_code, amount, platform_fee, currency)
  values ('lodging', gen_random_uuid(), create_order.payee, 'session', create_order.city, create_order.amount,
    create_order.platform_fee, create_order.currency)
  returning id into v_id;
  return v_id;
end $$;

create or replace function tests.create_payment(booking_id uuid, method payments.payment_method default 'stripe_card')
returns uuid language sql volatile security definer set search_path = '' as $$
  insert into payments.payments (booking_id, city_code, method, provider, amount, currency)
  select o.id, o.city_code, create_payment.method,
    case create_payment.method when 'credits' then 'credits' else 'stripe' end, o.amount, o.currency
  from payments.orders as o
  where o.id = create_payment.booking_id
  returning id
$$;

create or replace function tests.create_payee(city text default 'URB')
returns uuid language sql volatile security definer set search_path = '' as $$
  insert into core.cities (code, name, timezone) values (create_payee.city, create_payee.city, 'America/Sao_Paulo')
  on conflict (code) do nothing;
  insert into payments.payees (kind, city_code, name) values ('owner', create_payee.city, 'Ana') returning id
$$;

grant execute on all functions in schema tests to anon, authenticated, service_role;
