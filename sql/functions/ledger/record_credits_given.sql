-- Credits were given to a user for nothing.
-- Who: the line of credits, which holds the user's wallet. Locks: none. Once per reference.
-- Fails with: nothing of ours.
create or replace function ledger.record_credits_given(
  p_user text, p_credits bigint, p_reference text, p_event_at timestamptz)
returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  return ledger.post('credits_given', 'ALL', null,
    ledger.move('credits_promotional', 'wallet', p_credits, 'adjustment', 'user', p_user, 'CREDIT'),
    p_event_at, 'credits_given:' || p_reference, jsonb_build_object('reference', p_reference));
end;
$$;
comment on function ledger.record_credits_given(text, bigint, text, timestamptz) is
  'Posts a gift of credits into a wallet.';
revoke all on function ledger.record_credits_given(text, bigint, text, timestamptz) from public;
