-- Refuse every change of the books, for every writer; but a user may be deleted: then, and only then, created_by becomes null.
-- Fails with: 42501.
create or replace function ledger.tg__append_only()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and tg_level = 'ROW' then
    if to_jsonb(old) ->> 'created_by' is not null
       and to_jsonb(new) = to_jsonb(old) || '{"created_by": null}'
       and not exists (select from auth.users as u where u.id = (to_jsonb(old) ->> 'created_by')::uuid)
    then
      return new;
    end if;
  end if;
  raise exception 'The books are append-only: % of % is refused.', lower(tg_op), tg_table_name
    using errcode = '42501', hint = 'Post a transaction that reverses the wrong one.';
end;
$$;
comment on function ledger.tg__append_only() is 'Keeps transactions and entries as they were written.';
revoke all on function ledger.tg__append_only() from public;
