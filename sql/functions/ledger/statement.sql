-- The entries of an account in a city and currency that were recorded from p_from until before p_to, in the order of the books,
-- each with the balance after it. p_after is next_after of the page before.
-- Who: staff of the city; the system. Locks: none.
-- Fails with: UNAUTHORIZED, FORBIDDEN, MISSING_REQUIRED_FIELD, INVALID_PARAMETER.
create or replace function ledger.statement(
  p_account text, p_city_code text, p_currency text, p_from timestamptz default null, p_to timestamptz default null,
  p_limit integer default 100, p_after uuid default null)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_account ledger.ledger_account;
  v_after_seq bigint := coalesce(ledger.seq_at(p_from), 0);
  v_after_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid;
  v_last_seq constant bigint := coalesce(ledger.seq_at(p_to), 9223372036854775807);
  v_opening bigint;
begin
  perform access.require_staff(p_city_code, array['admin', 'city_admin', 'supervisor', 'agent']);
  perform core.require('city_code', p_city_code is not null);
  perform core.require('currency', p_currency is not null);
  perform core.require_valid('account', p_account = any (enum_range(null::ledger.ledger_account)::text[]), 'an account of the books');
  perform core.require_valid('limit', p_limit between 1 and 1000, '1 to 1000');
  v_account := p_account::ledger.ledger_account;
  if p_after is not null then
    select e.seq, e.id into v_after_seq, v_after_id
    from ledger.ledger_entries as e
    where e.id = p_after and e.account = v_account and e.city_code = p_city_code and e.currency = p_currency;
    perform core.require_valid('after', found, 'next_after of an earlier page');
  end if;

  select ledger.balance_up_to(v_account, p_city_code, p_currency, v_after_seq - 1)
    + coalesce(sum(case e.direction when 'debit' then e.amount else -e.amount end), 0) into v_opening
  from ledger.ledger_entries as e
  where e.account = v_account and e.city_code = p_city_code and e.currency = p_currency
    and e.seq = v_after_seq and e.id <= v_after_id;

  return (
    with page as (
      select e.*, sum(case e.direction when 'debit' then e.amount else -e.amount end) over w as moved, row_number() over w as line
      from ledger.ledger_entries as e
      where e.account = v_account and e.city_code = p_city_code and e.currency = p_currency
        and (e.seq, e.id) > (v_after_seq, v_after_id) and e.seq <= v_last_seq
      window w as (order by e.seq, e.id)
      order by e.seq, e.id
      limit p_limit + 1
    )
    select jsonb_build_object(
      'account', p_account, 'city_code', p_city_code, 'currency', p_currency,
      'opening_balance', v_opening,
      'closing_balance', v_opening + coalesce(max(p.moved) filter (where p.line = s.lines), 0),
      'entries', coalesce(jsonb_agg(jsonb_build_object(
        'id', p.id, 'transaction_id', p.transaction_id, 'transaction_type', t.type, 'event_at', t.event_at,
        'created_at', p.created_at, 'booking_id', p.booking_id, 'payment_id', p.payment_id, 'entry_type', p.entry_type,
        'direction', p.direction, 'amount', p.amount, 'balance', v_opening + p.moved,
        'counterparty_type', p.counterparty_type, 'counterparty_id', p.counterparty_id, 'description', p.description)
        order by p.line) filter (where p.line <= s.lines), '[]'),
      'next_after', max(p.id::text) filter (where p.line = s.lines and s.has_more))
    from page as p
    join ledger.ledger_transactions as t on t.id = p.transaction_id
    cross join (select least(count(*), p_limit) as lines, count(*) > p_limit as has_more from page) as s);
end;
$$;
comment on function ledger.statement(text, text, text, timestamptz, timestamptz, integer, uuid) is
  'A page of an account''s entries with opening, running and closing balance (debits less credits, in minor units).';
revoke all on function ledger.statement(text, text, text, timestamptz, timestamptz, integer, uuid) from public;
grant execute on function ledger.statement(text, text, text, timestamptz, timestamptz, integer, uuid) to authenticated, service_role;
