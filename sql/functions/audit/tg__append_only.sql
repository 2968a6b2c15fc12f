-- Refuse every change of the audit log, its marks and seals, for every writer; but a user may be deleted: then, and only then,
-- actor_id becomes null.
-- Fails with: 42501.
create or replace function audit.tg__append_only()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    if to_jsonb(old) ->> 'actor_id' is not null
       and to_jsonb(new) = to_jsonb(old) || '{"actor_id": null}'
       and not exists (select from auth.users as u where u.id = (to_jsonb(old) ->> 'actor_id')::uuid)
    then
      return new;
    end if;
  end if;
  raise exception 'The audit log is insert-only: % of % is refused.', lower(tg_op), tg_table_name
    using errcode = '42501', hint = 'Add a row that explains the correction.';
end;
$$;
comment on function audit.tg__append_only() is 'Keeps audit log, marks and seals as they were written.';
revoke all on function audit.tg__append_only() from public;
