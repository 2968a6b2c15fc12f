-- Post one transaction: header and entries in one statement. The only door to the books.
-- p_entries: [{account, direction, amount, currency, entry_type, listing_id, payment_id, counterparty_type, counterparty_id,
-- description}], amounts in minor units; those of zero are dropped, and where nothing is left nothing is posted (null).
-- A key that was posted before returns that transaction.
-- Who: recipes. Locks: none but the key, until commit.
-- Fails with: LEDGER_UNBALANCED; 23514 for a negative amount.
create or replace function ledger.post(
  p_type text, p_city_code text, p_booking_id uuid, p_entries jsonb, p_event_at timestamptz,
  p_idempotency_key text default null, p_metadata jsonb default '{}')
returns uuid
language plpgsql volatile security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_id uuid;
begin
  with entries as materialized (
    select * from jsonb_to_recordset(p_entries) as e (
      account ledger.ledger_account, direction ledger.ledger_direction, amount bigint, currency text,
      entry_type ledger.ledger_entry_type, listing_id uuid, payment_id uuid,
      counterparty_type text, counterparty_id text, description text)
    where e.amount is distinct from 0
  ), header as (
    insert into ledger.ledger_transactions (type, city_code, booking_id, idempotency_key, event_at, metadata)
    select p_type, p_city_code, p_booking_id, p_idempotency_key, p_event_at, p_metadata
    where exists (select from entries)
    on conflict (idempotency_key) do nothing
    returning id, seq, created_at
  ), legs as (
    insert into ledger.ledger_entries
      (transaction_id, seq, city_code, booking_id, listing_id, payment_id, entry_type, account, direction, amount, currency,
       counterparty_type, counterparty_id, description, created_at, created_by)
    select
      h.id, h.seq, p_city_code, p_booking_id, e.listing_id, e.payment_id, e.entry_type, e.account, e.direction, e.amount, e.currency,
      e.counterparty_type, e.counterparty_id, e.description, h.created_at,
      (select u.id from auth.users as u where u.id = access.user_id())
    from header as h
    cross join entries as e
  )
  select h.id into v_id from header as h;

  return coalesce(v_id, ledger.posted(p_idempotency_key));
end;
$$;
comment on function ledger.post(text, text, uuid, jsonb, timestamptz, text, jsonb) is
  'Posts a balanced transaction and returns its id.';
revoke all on function ledger.post(text, text, uuid, jsonb, timestamptz, text, jsonb) from public;
