-- The place in the books that was reached at a time: the one before the first transaction that was recorded then or later.
-- It is looked for from the last mark before that time on, in two steps, so that the second is planned for how few these are.
-- Who: functions of ours. Locks: none.
create or replace function ledger.seq_at(p_at timestamptz)
returns bigint
language plpgsql stable strict security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  v_mark constant bigint := coalesce((
    select m.ledger_seq from audit.marks as m where m.marked_at <= p_at order by m.marked_at desc, m.ledger_seq desc limit 1), 0);
begin
  return coalesce(
    (select t.seq - 1 from ledger.ledger_transactions as t where t.seq > v_mark and t.created_at >= p_at order by t.seq limit 1),
    9223372036854775807);
end;
$$;
comment on function ledger.seq_at(timestamptz) is 'The last seq recorded before a time; the largest number where nothing was recorded since.';
revoke all on function ledger.seq_at(timestamptz) from public;
