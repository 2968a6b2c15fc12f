-- The part of an amount that falls on a share: part * of / whole, rounded half up, exactly.
-- Who: recipes. Locks: none.
create or replace function ledger.share(p_part bigint, p_whole bigint, p_of bigint)
returns bigint
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return case when p_whole = 0 then 0 else div(2 * p_part::numeric * p_of + p_whole, 2 * p_whole::numeric) end;
end;
$$;
comment on function ledger.share(bigint, bigint, bigint) is 'part * of / whole, rounded half up; 0 of nothing.';
revoke all on function ledger.share(bigint, bigint, bigint) from public;

-- The two legs of an amount that moves from the account debited to the account credited.
-- Who: recipes. Locks: none.
create or replace function ledger.move(
  p_debit ledger.ledger_account, p_credit ledger.ledger_account, p_amount bigint, p_entry_type ledger.ledger_entry_type,
  p_counterparty_type text, p_counterparty_id text default null, p_currency text default null,
  p_credit_entry_type ledger.ledger_entry_type default null)
returns jsonb
language plpgsql stable security invoker
set search_path = ''
as $$
declare
  v_both constant jsonb := jsonb_strip_nulls(jsonb_build_object(
    'amount', p_amount, 'currency', p_currency,
    'counterparty_type', p_counterparty_type, 'counterparty_id', p_counterparty_id));
begin
  return jsonb_build_array(
    v_both || jsonb_build_object('account', p_debit, 'direction', 'debit', 'entry_type', p_entry_type),
    v_both || jsonb_build_object('account', p_credit, 'direction', 'credit',
      'entry_type', coalesce(p_credit_entry_type, p_entry_type)));
end;
$$;
comment on function ledger.move(ledger.ledger_account, ledger.ledger_account, bigint, ledger.ledger_entry_type, text, text, text, ledger.ledger_entry_type) is
  'A debit and a credit of one amount, as entries for ledger.post_for_order.';
revoke all on function ledger.move(ledger.ledger_account, ledger.ledger_account, bigint, ledger.ledger_entry_type, text, text, text, ledger.ledger_entry_type) from public;

-- The transaction that was posted under an idempotency key.
-- Who: post and recipes. Locks: none.
create or replace function ledger.posted(p_idempotency_key text)
returns uuid
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (select t.id from ledger.ledger_transactions as t where t.idempotency_key = p_idempotency_key);
end;
$$;
comment on function ledger.posted(text) is
  'The id of the transaction with that idempotency key; null if there is none.';
revoke all on function ledger.posted(text) from public;

-- The order a recipe posts for, locked until commit, so that what is read of its entries stays true.
-- Who: recipes. Locks: the order. Fails with: NOT_FOUND.
create or replace function ledger.lock_order(p_booking_id uuid)
returns payments.orders
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order payments.orders;
begin
  select * into v_order from payments.orders as o where o.id = p_booking_id for no key update;
  if not found then
    perform core.raise('NOT_FOUND', jsonb_build_object('booking_id', p_booking_id));
  end if;
  return v_order;
end;
$$;
comment on function ledger.lock_order(uuid) is 'Locks an order and returns it.';
revoke all on function ledger.lock_order(uuid) from public;

-- Post for an order: every leg gets its city, booking, listing and currency, and the payment.
-- Who: recipes, which hold the order. Fails with: as post.
create or replace function ledger.post_for_order(
  p_order payments.orders, p_payment_id uuid, p_type text, p_entries jsonb, p_event_at timestamptz,
  p_idempotency_key text, p_metadata jsonb default '{}')
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_every_leg constant jsonb := jsonb_build_object(
    'currency', p_order.currency, 'listing_id', p_order.listing_id, 'payment_id', p_payment_id);
begin
  return ledger.post(
    p_type, p_order.city_code, p_order.id,
    (select jsonb_agg(v_every_leg || e.entry order by e.position)
     from jsonb_array_elements(p_entries) with ordinality as e (entry, position)),
    p_event_at, p_idempotency_key, p_metadata);
end;
$$;
comment on function ledger.post_for_order(payments.orders, uuid, text, jsonb, timestamptz, text, jsonb) is
  'Posts entries with the facts of an order and a payment on every leg.';
revoke all on function ledger.post_for_order(payments.orders, uuid, text, jsonb, timestamptz, text, jsonb) from public;

-- The payment that paid an order. Money received beside it is surplus and has nothing to do with commission or owner.
-- Who: recipes. Locks: none; the caller holds the order.
create or replace function ledger.paying_payment(p_booking_id uuid)
returns uuid
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select e.payment_id
    from ledger.ledger_transactions as t
    join ledger.ledger_entries as e on e.transaction_id = t.id
    where t.booking_id = p_booking_id and t.type in ('payment_received', 'credits_spent')
    order by t.seq
    limit 1);
end;
$$;
comment on function ledger.paying_payment(uuid) is
  'The payment by which an order was paid, as the books know it; null before.';
revoke all on function ledger.paying_payment(uuid) from public;

-- Where a payment of an order stands, read from its own entries in the currency of the order.
-- refunded: requested and not failed. lost: taken back by disputes. recognised: commission kept so far.
-- deposits, unpaid (owner's share), accrued (gateway fees): what is left there.
-- Who: recipes. Locks: none; the caller holds the order.
create or replace function ledger.standing(
  p_order payments.orders, p_payment_id uuid,
  out received bigint, out refunded bigint, out lost bigint, out remaining bigint,
  out recognised bigint, out deposits bigint, out unpaid bigint, out accrued bigint)
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
  select
    coalesce(sum(e.amount) filter (
      where e.account = 'customer_deposits' and e.direction = 'credit'
        and e.entry_type in ('payment_received', 'credit_spend')), 0),
    coalesce(sum(e.amount) filter (
      where (e.account = 'refunds_payable' and e.direction = 'credit' and e.entry_type = 'refund_processed')
        or (e.account = 'customer_deposits' and e.direction = 'debit' and e.entry_type = 'credit_refund')), 0)
    - coalesce(sum(e.amount) filter (
      where e.account = 'refunds_payable' and e.direction = 'debit' and e.entry_type = 'refund_reversal'), 0),
    coalesce(sum(-c.credit) filter (where e.account = 'customer_deposits' and e.entry_type = 'dispute'), 0),
    coalesce(sum(c.credit) filter (where e.account = 'commission_revenue'), 0),
    coalesce(sum(c.credit) filter (where e.account = 'customer_deposits'), 0),
    coalesce(sum(c.credit) filter (where e.account = 'payouts_receivable'), 0),
    coalesce(sum(c.credit) filter (where e.account = 'gateway_fees_receivable'), 0)
  into received, refunded, lost, recognised, deposits, unpaid, accrued
  from ledger.ledger_entries as e
  cross join lateral (select case e.direction when 'credit' then e.amount else -e.amount end as credit) as c
  where e.booking_id = p_order.id and e.payment_id = p_payment_id and e.currency = p_order.currency;
  remaining := received - refunded - lost;
end;
$$;
comment on function ledger.standing(payments.orders, uuid) is
  'What was received, refunded, lost, recognised and is left of a payment, in minor units.';
revoke all on function ledger.standing(payments.orders, uuid) from public;

-- The party whose share a booking's money is: the payee, or where several share, the booking itself stands for them.
-- Who: recipes. Locks: none.
create or replace function ledger.owner_of(p_order payments.orders)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return coalesce(p_order.payee_id, p_order.id)::text;
end;
$$;
comment on function ledger.owner_of(payments.orders) is 'counterparty_id of the owner''s legs of an order.';
revoke all on function ledger.owner_of(payments.orders) from public;

-- Entries that bring an amount back into the deposits of a booking: the commission on it first, then what is missing
-- from the owner's unpaid share, then as the owner's debt.
-- Who: recipes that give money back; they hold the order. Fails with: AMOUNT_TOO_LARGE.
create or replace function ledger.collect(p_order payments.orders, p_payment_id uuid, p_amount bigint)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_standing record;
  v_owner constant text := ledger.owner_of(p_order);
  v_commission bigint;
  v_deposits bigint;
  v_unpaid bigint;
begin
  select * into v_standing from ledger.standing(p_order, p_payment_id);
  if p_amount > v_standing.remaining then
    perform core.raise('AMOUNT_TOO_LARGE', jsonb_build_object('amount', p_amount, 'remaining', v_standing.remaining));
  end if;

  v_commission := greatest(0, v_standing.recognised
    - ledger.share(p_order.platform_fee, v_standing.received, v_standing.remaining - p_amount));
  v_deposits := least(p_amount - v_commission, v_standing.deposits);
  v_unpaid := least(p_amount - v_commission - v_deposits, v_standing.unpaid);
  return ledger.move('commission_revenue', 'customer_deposits', v_commission, 'refund_reversal', 'owner', v_owner)
    || ledger.move('payouts_receivable', 'customer_deposits', v_unpaid, 'refund_reversal', 'owner', v_owner)
    || ledger.move('owner_receivable', 'customer_deposits',
      p_amount - v_commission - v_deposits - v_unpaid, 'refund_reversal', 'owner', v_owner);
end;
$$;
comment on function ledger.collect(payments.orders, uuid, bigint) is
  'Entries after which the deposits of a booking hold an amount that is to be given back.';
revoke all on function ledger.collect(payments.orders, uuid, bigint) from public;

-- Where a refund stands: what was requested, what of it is settled, and what failed.
-- Who: recipes; they hold the order. Locks: none. Fails with: NOT_FOUND.
create or replace function ledger.refund_standing(
  p_booking_id uuid, p_refund_id uuid, out requested bigint, out settled bigint, out failed bigint)
language plpgsql stable security definer
set search_path = ''
as $$
begin
  select
    coalesce(sum(e.amount) filter (where e.direction = 'credit' and e.entry_type = 'refund_processed'), 0),
    coalesce(sum(e.amount) filter (where e.direction = 'debit' and e.entry_type = 'refund_processed'), 0)
      - coalesce(sum(e.amount) filter (where e.direction = 'credit' and e.entry_type = 'refund_reversal'), 0),
    coalesce(sum(e.amount) filter (where e.direction = 'debit' and e.entry_type = 'refund_reversal'), 0)
  into requested, settled, failed
  from ledger.ledger_transactions as t
  join ledger.ledger_entries as e on e.transaction_id = t.id and e.account = 'refunds_payable'
  where t.booking_id = p_booking_id and t.metadata ->> 'refund_id' = p_refund_id::text;
  if requested = 0 then
    perform core.raise('NOT_FOUND', jsonb_build_object('refund_id', p_refund_id));
  end if;
end;
$$;
comment on function ledger.refund_standing(uuid, uuid) is
  'What was requested, is settled and has failed of a refund, in minor units.';
revoke all on function ledger.refund_standing(uuid, uuid) from public;

-- What credits of a wallet cost their user: for each currency, their part of what was paid for all that is in it.
-- Who: recipes of credits; the caller holds the wallet. Locks: none. Fails with: AMOUNT_TOO_LARGE.
create or replace function ledger.cost_of_credits(p_user text, p_credits bigint)
returns table (currency text, amount bigint)
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_held bigint;
begin
  select coalesce(sum(case e.direction when 'credit' then e.amount else -e.amount end), 0) into v_held
  from ledger.ledger_entries as e
  where e.counterparty_id = p_user and e.account = 'wallet';
  if p_credits > v_held then
    perform core.raise('AMOUNT_TOO_LARGE', jsonb_build_object('credits', p_credits, 'remaining', v_held));
  end if;
  return query
    select paid.currency, ledger.share(paid.amount, v_held, p_credits)
    from (
      select e.currency, sum(case e.direction when 'credit' then e.amount else -e.amount end)::bigint as amount
      from ledger.ledger_entries as e
      where e.counterparty_id = p_user and e.account = 'credits_liability'
      group by e.currency) as paid
    order by paid.currency;
end;
$$;
comment on function ledger.cost_of_credits(text, bigint) is
  'The average cost, per currency, of an amount of a user''s credits.';
revoke all on function ledger.cost_of_credits(text, bigint) from public;

-- The idempotency key of the execution of a payout that is on, or of its reversal: a payout that was reversed may be
-- executed again.
-- Who: recipes; they hold the order. Locks: none.
create or replace function ledger.payout_key(p_type text, p_booking_id uuid, p_payout_id uuid)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (
    select format('%s:%s:%s', p_type, p_payout_id, 1 + count(*))
    from ledger.ledger_transactions as t
    where t.booking_id = p_booking_id and t.type = 'payout_reversed' and t.metadata ->> 'payout_id' = p_payout_id::text);
end;
$$;
comment on function ledger.payout_key(text, uuid, uuid) is 'The key of the next execution or reversal of a payout.';
revoke all on function ledger.payout_key(text, uuid, uuid) from public;
