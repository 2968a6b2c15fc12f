-- Take snapshots when enough transactions were marked since the last ones.
-- Who: tick. Locks: none.
create or replace function ledger.tick_snapshot(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_after constant bigint := coalesce((select max(s.up_to_seq) from ledger.snapshots as s), 0);
  v_up_to constant bigint := (select m.ledger_seq from audit.marks as m order by m.audit_seq desc limit 1);
begin
  return case
    when v_up_to - v_after >= core.setting('ledger_snapshot_transactions')::bigint then (ledger.snapshot() > 0)::integer
    else 0
  end;
end;
$$;
comment on function ledger.tick_snapshot(integer) is 'Keeps the entries few that a balance adds to its last snapshot.';
revoke all on function ledger.tick_snapshot(integer) from public;
