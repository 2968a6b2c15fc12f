-- What payees are due, and how they get it.

--- A toy whose maker is a payee: ordered, paid, the commission earned, the maker's share due and its payout planned.
create or replace function tests.owe(name text, payee text, amount bigint default 10000, other_payee text default null)
returns uuid language plpgsql volatile security definer set search_path = '' as $$
begin
  perform tests.order_toy(owe.name, owe.amount);
  update payments.orders as o set payee_id = case when owe.other_payee is null then tests.id(owe.payee) end
  where o.id = tests.id(owe.name);
  perform payments.prepare_payment_intent(tests.id(owe.name), tests.session(owe.name));
  perform payments.record_payment_intent(
    (tests.payment_of(owe.name)).id, tests.stripe_intent(owe.name, 'requires_payment_method'));
  perform tests.hear('evt_paid_' || owe.name, 'payment_intent.succeeded', tests.stripe_intent(owe.name, 'succeeded'));
  perform ledger.recognise_commission(tests.id(owe.name), now());
  perform ledger.record_owner_share_due(tests.id(owe.name), now());
  perform payments.open_payouts(tests.id(owe.name), (
    select jsonb_agg(jsonb_build_object('payee_id', tests.id(p.name), 'share', p.share))
    from (values (owe.payee, 60), (owe.other_payee, 40)) as p (name, share)
    where p.name is not null));
  return tests.id(owe.name);
end $$;

--- The payout of an order, of one payee if there are several.
create or replace function tests.payout(name text, payee text default null)
returns payments.payouts language sql stable security definer set search_path = '' as $$
  select p from payments.payouts as p
  where p.booking_id = tests.id(payout.name) and (payout.payee is null or p.recipient_id = tests.id(payout.payee))
$$;

--- Both jobs of payouts, and what happens at commit.
create or replace function tests.pay_out()
returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  perform payments.tick_draw_up_payouts(100);
  perform payments.tick_execute_payouts(100);
  set constraints all immediate;
  set constraints all deferred;
end $$;

--- The last transfer that was queued for an order.
create or replace function tests.transfer_command(name text)
returns core.outbox language sql stable security definer set search_path = '' as $$
  select o from core.outbox as o
  where o.topic = 'payments.create_transfer' and o.booking_id = tests.id(transfer_command.name)
  order by o.seq desc
  limit 1
$$;

--- What Stripe says of that transfer.
create or replace function tests.stripe_transfer(name text, transfer_id text, changes jsonb default '{}')
returns jsonb language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'id', stripe_transfer.transfer_id, 'object', 'transfer', 'amount', c.payload -> 'amount', 'amount_reversed', 0,
    'currency', c.payload -> 'currency',
    'metadata', jsonb_build_object('payout_id', c.payload -> 'payout_id')) || stripe_transfer.changes
  from tests.transfer_command(stripe_transfer.name) as c
$$;

grant execute on all functions in schema tests to anon, authenticated, service_role;
