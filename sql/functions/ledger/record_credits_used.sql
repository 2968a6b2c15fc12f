-- A user spent credits on usage: what they had cost is earned.
-- Who: the line of credits, which holds the user's wallet. Locks: none. Once per reference.
-- Fails with: AMOUNT_TOO_LARGE (not so many credits).
create or replace function ledger.record_credits_used(
  p_user text, p_credits bigint, p_reference text, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_key constant text := 'credits_used:' || p_reference;
  v_entries jsonb;
  v_cost record;
begin
  if ledger.posted(v_key) is not null then
    return ledger.posted(v_key);
  end if;
  v_entries := ledger.move('wallet', 'credits_consumed', p_credits, 'credit_spend', 'user', p_user, 'CREDIT');
  for v_cost in select * from ledger.cost_of_credits(p_user, p_credits) loop
    v_entries := v_entries || ledger.move(
      'credits_liability', 'credits_revenue', v_cost.amount, 'credit_spend', 'user', p_user, v_cost.currency);
  end loop;
  return ledger.post('credits_used', 'ALL', null, v_entries, p_event_at, v_key, jsonb_build_object('reference', p_reference));
end;
$$;
comment on function ledger.record_credits_used(text, bigint, text, timestamptz) is
  'Posts credits spent on usage, and their cost as revenue.';
revoke all on function ledger.record_credits_used(text, bigint, text, timestamptz) from public;
