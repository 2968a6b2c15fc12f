-- The place in the books that was reached at a time: the one before the first transaction that was recorded then or later.
-- It is looked for from the last mark before that time on.
-- Who: functions of ours. Locks: none.
create or replace function ledger.seq_at(p_at timestamptz)
returns bigint
language sql stable strict security definer
set search_path = ''
as $$
  select coalesce(
    (select t.seq - 1
     from ledger.ledger_transactions as t
     where t.created_at >= p_at and t.seq > coalesce(
       (select m.ledger_seq from audit.marks as m where m.marked_at <= p_at order by m.marked_at desc, m.ledger_seq desc limit 1), 0)
     order by t.seq
     limit 1),
    9223372036854775807)
$$;
comment on function ledger.seq_at(timestamptz) is 'The last seq recorded before a time; the largest number where nothing was recorded since.';
revoke all on function ledger.seq_at(timestamptz) from public;
