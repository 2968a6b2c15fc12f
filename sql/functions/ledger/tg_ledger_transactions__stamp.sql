-- Stamp where a transaction stands in the record, whatever its writer says: sequence, database transaction, time.
create or replace function ledger.tg_ledger_transactions__stamp()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  new.seq := nextval('ledger.ledger_transactions_seq');
  new.xid := pg_current_xact_id();
  new.started_at := transaction_timestamp();
  new.created_at := clock_timestamp();
  return new;
end;
$$;
comment on function ledger.tg_ledger_transactions__stamp() is 'Stamps seq, xid, started_at and created_at.';
revoke all on function ledger.tg_ledger_transactions__stamp() from public;
