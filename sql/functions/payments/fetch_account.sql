-- Something changed about a connected account: see how it is, if it belongs to a payee.
-- Who: apply_stripe_event. Locks: none.
create or replace function payments.fetch_account(p_account_id text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform core.enqueue_command('payments.fetch_stripe_object', 'account:' || p_account_id, y.city_code, null,
    jsonb_build_object('object', 'account', 'id', p_account_id))
  from payments.payees as y where y.stripe_account_id = p_account_id;
  return payments.outcome(case when found then 'processed' else 'ignored' end);
end;
$$;
comment on function payments.fetch_account(text) is 'Queues a look at a payee''s connected account.';
revoke all on function payments.fetch_account(text) from public;
