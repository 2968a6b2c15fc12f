-- Foreign keys to auth.users, where this role may make them (on a managed platform it may not:
-- the columns then hold the id alone).
do $$
declare
  v_column record;
begin
  if not has_table_privilege('auth.users', 'references') then
    raise notice 'no REFERENCES privilege on auth.users: its foreign keys are left out';
    return;
  end if;
  for v_column in
    select * from (values
      ('audit', 'audit_logs', 'actor_id'),
      ('ledger', 'ledger_entries', 'created_by'),
      ('payments', 'refunds', 'processed_by'),
      ('payments', 'payout_batches', 'processed_by'),
      ('lodging', 'travelers', 'auth_user_id'),
      ('lodging', 'property_owners', 'auth_user_id'),
      ('lodging', 'reviews', 'moderated_by')) as c (schema_name, table_name, column_name)
  loop
    execute format('create index if not exists %I on %I.%I (%I) where %I is not null',
      v_column.table_name || '_' || v_column.column_name, v_column.schema_name, v_column.table_name,
      v_column.column_name, v_column.column_name);
    execute format('alter table %I.%I add constraint %I foreign key (%I) references auth.users (id) on delete set null',
      v_column.schema_name, v_column.table_name, v_column.table_name || '_' || v_column.column_name || '_fkey',
      v_column.column_name);
  end loop;
end $$;
