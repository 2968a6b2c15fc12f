-- Orders and payments for tests of what stands on them, written past the functions that make them.

create or replace function tests.create_city(code text)
returns void language sql volatile security definer set search_path = '' as $$
  insert into core.cities (code, name, timezone) values (create_city.code, create_city.code, 'America/Sao_Paulo')
  on conflict (code) do nothing
$$;

create or replace function tests.create_payee(name text, city text default 'URB')
returns uuid language sql volatile security definer set search_path = '' as $$
  select tests.create_city(create_payee.city);
  insert into payments.payees (id, kind, city_code, name)
  values (tests.id(create_payee.name), 'owner', create_payee.city, create_payee.name)
  returning id
$$;

create or replace function tests.create_order(
  name text, amount bigint, platform_fee bigint default 0, payee text default null,
  city text default 'URB', currency text default 'BRL')
returns uuid language sql volatile security definer set search_path = '' as $$
  select tests.create_city(create_order.city);
  insert into payments.orders (id, product_line, listing_id, payee_id, session_hash, city_code, amount, platform_fee, currency)
  values (
    tests.id(create_order.name), 'lodging', tests.id('listing'), tests.id(create_order.payee), 'session',
    create_order.city, create_order.amount, create_order.platform_fee, create_order.currency)
  returning id
$$;

create or replace function tests.create_payment(
  name text, order_name text, method payments.payment_method default 'stripe_card')
returns uuid language sql volatile security definer set search_path = '' as $$
  insert into payments.payments (id, booking_id, city_code, method, provider, amount, currency)
  select tests.id(create_payment.name), o.id, o.city_code, create_payment.method,
    case create_payment.method when 'credits' then 'credits' else 'stripe' end, o.amount, o.currency
  from payments.orders as o
  where o.id = tests.id(create_payment.order_name)
  returning id
$$;

--- An order and the payment that paid it, in the books.
create or replace function tests.create_paid_order(
  name text, payment_name text, amount bigint, platform_fee bigint default 0, payee text default null, city text default 'URB')
returns void language sql volatile security definer set search_path = '' as $$
  select tests.create_order(
    create_paid_order.name, create_paid_order.amount, create_paid_order.platform_fee, create_paid_order.payee,
    create_paid_order.city);
  select tests.create_payment(create_paid_order.payment_name, create_paid_order.name);
  select ledger.record_payment_received(
    tests.id(create_paid_order.name), tests.id(create_paid_order.payment_name), create_paid_order.amount, now())
$$;

--- What a transaction posted, one line per leg: direction, account, amount, entry type, and the currency if it is not BRL.
create or replace function tests.legs(transaction_id uuid)
returns setof text language sql volatile security definer set search_path = '' as $$
  select concat_ws(' ', e.direction, e.account, e.amount, e.entry_type, nullif(e.currency, 'BRL'))
  from ledger.ledger_entries as e
  where e.transaction_id = legs.transaction_id
$$;

--- Where a booking stands: account -> debits less credits, without accounts of balance zero.
create or replace function tests.balances(order_name text)
returns jsonb language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_object_agg(b.account, b.balance) filter (where b.balance <> 0), '{}')
  from (
    select
      concat_ws(' ', e.account, nullif(e.currency, 'BRL')) as account,
      sum(case e.direction when 'debit' then e.amount else -e.amount end) as balance
    from ledger.ledger_entries as e
    where e.booking_id = tests.id(balances.order_name)
    group by e.account, e.currency) as b
$$;

grant execute on all functions in schema tests to anon, authenticated, service_role;
