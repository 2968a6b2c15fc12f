-- Refuse every change of the audit log, for every writer; but a user may be deleted: then, and only then, actor_id becomes null.
-- Fails with: 42501.
create or replace function audit.tg_audit_logs__append_only()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    if old.actor_id is not null and new.actor_id is null
       and to_jsonb(new) = to_jsonb(old) || '{"actor_id": null}'
       and not exists (select from auth.users as u where u.id = old.actor_id)
    then
      return new;
    end if;
  end if;
  raise exception 'The audit log is insert-only: % is refused.', lower(tg_op)
    using errcode = '42501', hint = 'Add a row that explains the correction.';
end;
$$;
comment on function audit.tg_audit_logs__append_only() is 'Keeps the audit log insert-only.';
revoke all on function audit.tg_audit_logs__append_only() from public;
