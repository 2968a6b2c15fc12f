-- A product line as small as one can be: the payments module must need no more than this of any line.
create schema toys;
create table toys.sales (
  id uuid primary key references payments.orders (id),
  state text not null default 'new' check (state in ('new', 'paid', 'refunded', 'gone', 'broken')),
  heard text[] not null default '{}',
  pay_by timestamptz
);
comment on table toys.sales is 'Sold toys. One that is gone cannot be delivered; one that is broken fails whatever it hears.';
insert into payments.product_lines (name) values ('toys');

create or replace function toys.on_payment_event(p_booking_id uuid, p_event text, p_payment_id uuid)
returns text language plpgsql volatile security definer set search_path = '' as $$
declare
  v_state text;
begin
  update toys.sales as s
  set heard = s.heard || p_event,
      state = case
        when s.state = 'new' and p_event = 'succeeded' then 'paid'
        when s.state = 'paid' and p_event = 'refund_completed'
          and exists (select from payments.payments as p where p.id = p_payment_id and p.status = 'refunded') then 'refunded'
        else s.state
      end
  where s.id = p_booking_id
  returning s.state into v_state;
  if v_state = 'broken' then
    raise exception 'the toy is broken';
  end if;
  return case when v_state = 'gone' and p_event = 'succeeded' then 'unfulfillable' else 'accepted' end;
end $$;

create or replace function toys.pay_by(p_booking_id uuid)
returns timestamptz language sql stable security definer set search_path = '' as $$
  select s.pay_by from toys.sales as s where s.id = p_booking_id
$$;

create or replace function tests.session(name text)
returns text language sql immutable set search_path = '' as $$
  select 'session of the guest of ' || session.name
$$;

--- Orders a toy; tests.id(name) is the order. Guests have the session 'session of <name>'.
create or replace function tests.order_toy(name text, amount bigint default 10000, subject text default null, city text default 'URB')
returns uuid language sql volatile security definer set search_path = '' as $$
  select tests.create_city(order_toy.city);
  select payments.place_order(
    tests.id(order_toy.name), 'toys', tests.id('a toy'), null, order_toy.subject,
    case when order_toy.subject is null then encode(sha256(convert_to(tests.session(order_toy.name), 'UTF8')), 'hex') end,
    order_toy.city, order_toy.amount, order_toy.amount * 15 / 100, 'BRL', 'A toy', '{}', '{}');
  insert into toys.sales (id) values (tests.id(order_toy.name)) returning id
$$;

--- Orders a toy and starts its card payment, up to where Stripe would be asked. The payment's id is returned.
create or replace function tests.start_toy(name text, amount bigint default 10000)
returns uuid language sql volatile security definer set search_path = '' as $$
  select tests.order_toy(start_toy.name, start_toy.amount);
  select (payments.prepare_payment_intent(tests.id(start_toy.name), tests.session(start_toy.name)) ->> 'payment_id')::uuid
$$;

create or replace function tests.payment_of(name text, method payments.payment_method default 'stripe_card')
returns payments.payments language sql stable security definer set search_path = '' as $$
  select p from payments.payments as p
  where p.booking_id = tests.id(payment_of.name) and p.method = payment_of.method
  order by p.created_at desc
  limit 1
$$;

--- Stripe's side of a payment: the payment intent pi_<name>, in a state, with changes.
create or replace function tests.stripe_intent(name text, status text, changes jsonb default '{}')
returns jsonb language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'id', 'pi_' || stripe_intent.name, 'object', 'payment_intent', 'status', stripe_intent.status, 'livemode', false,
    'amount', p.amount, 'currency', lower(p.currency), 'client_secret', 'pi_secret',
    'amount_received', case stripe_intent.status when 'succeeded' then p.amount else 0 end,
    'latest_charge', case when stripe_intent.status in ('succeeded', 'requires_capture') then 'ch_' || stripe_intent.name end,
    'customer', 'cus_1', 'payment_method', 'pm_1', 'last_payment_error', null,
    'metadata', jsonb_build_object('payment_id', p.id, 'booking_id', p.booking_id)) || stripe_intent.changes
  from tests.payment_of(stripe_intent.name) as p
$$;

create or replace function tests.stripe_charge(name text, changes jsonb default '{}')
returns jsonb language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'id', 'ch_' || stripe_charge.name, 'object', 'charge', 'status', 'succeeded', 'livemode', false,
    'amount', p.amount, 'currency', lower(p.currency), 'payment_intent', 'pi_' || stripe_charge.name,
    'balance_transaction', 'txn_' || stripe_charge.name, 'metadata', '{}'::jsonb) || stripe_charge.changes
  from tests.payment_of(stripe_charge.name) as p
$$;

create or replace function tests.stripe_refund(name text, refund_id text, status text, amount bigint, changes jsonb default '{}')
returns jsonb language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'id', stripe_refund.refund_id, 'object', 'refund', 'status', stripe_refund.status, 'amount', stripe_refund.amount,
    'currency', lower(p.currency), 'payment_intent', 'pi_' || stripe_refund.name, 'charge', 'ch_' || stripe_refund.name,
    'metadata', '{}'::jsonb) || stripe_refund.changes
  from tests.payment_of(stripe_refund.name) as p
$$;

--- A dispute of all of a payment, in a state. taken and returned are its balance transactions; the fee is 1500.
create or replace function tests.stripe_dispute(
  name text, status text, taken bigint default null, returned bigint default null, changes jsonb default '{}')
returns jsonb language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'id', 'du_' || stripe_dispute.name, 'object', 'dispute', 'status', stripe_dispute.status, 'livemode', false,
    'amount', p.amount, 'currency', lower(p.currency), 'reason', 'fraudulent', 'created', 1800000000,
    'payment_intent', 'pi_' || stripe_dispute.name, 'charge', 'ch_' || stripe_dispute.name, 'metadata', '{}'::jsonb,
    'evidence_details', jsonb_build_object('due_by', 1800600000),
    'balance_transactions', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', t.id || stripe_dispute.name, 'object', 'balance_transaction', 'type', 'adjustment', 'amount', t.amount, 'fee', t.fee,
        'currency', lower(p.currency), 'created', 1800000100)), '[]')
      from (values ('txn_back_', stripe_dispute.returned, 0), ('txn_out_', -stripe_dispute.taken, 1500)) as t (id, amount, fee)
      where t.amount is not null)) || stripe_dispute.changes
  from tests.payment_of(stripe_dispute.name) as p
$$;

create or replace function tests.stripe_event(event_id text, type text, object jsonb, changes jsonb default '{}')
returns jsonb language sql immutable security definer set search_path = '' as $$
  select jsonb_build_object(
    'id', stripe_event.event_id, 'object', 'event', 'type', stripe_event.type, 'created', 1800000000, 'livemode', false,
    'api_version', '2026-01-28', 'data', jsonb_build_object('object', stripe_event.object)) || stripe_event.changes
$$;

--- Stripe tells of a payment intent; the status of the event in our inbox is returned.
create or replace function tests.hear(event_id text, type text, object jsonb, changes jsonb default '{}')
returns text language sql volatile security definer set search_path = '' as $$
  select payments.ingest_stripe_event(
    tests.stripe_event(hear.event_id, hear.type, hear.object, hear.changes)) ->> 'status'
$$;

--- A toy, ordered and paid.
create or replace function tests.pay_toy(name text, amount bigint default 10000)
returns uuid language plpgsql volatile security definer set search_path = '' as $$
begin
  perform tests.start_toy(pay_toy.name, pay_toy.amount);
  perform payments.record_payment_intent((tests.payment_of(pay_toy.name)).id, tests.stripe_intent(pay_toy.name, 'requires_payment_method'));
  perform tests.hear('evt_paid_' || pay_toy.name, 'payment_intent.succeeded', tests.stripe_intent(pay_toy.name, 'succeeded'));
  return (tests.payment_of(pay_toy.name)).id;
end $$;

grant execute on all functions in schema tests to anon, authenticated, service_role;
