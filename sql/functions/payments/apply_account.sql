-- Whether a payee can be paid through the connected account, as it was just read.
-- Who: functions of ours. Locks: the payee.
create or replace function payments.apply_account(p_object jsonb)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update payments.payees as y
  set payouts_enabled = p_object @> '{"payouts_enabled": true, "capabilities": {"transfers": "active"}}'
  where y.stripe_account_id = p_object ->> 'id';
  return payments.outcome(case when found then 'processed' else 'ignored' end);
end;
$$;
comment on function payments.apply_account(jsonb) is 'Notes whether a payee''s connected account can be paid.';
revoke all on function payments.apply_account(jsonb) from public;
