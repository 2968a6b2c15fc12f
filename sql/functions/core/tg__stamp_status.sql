-- Stamp status_changed_at when a status changes.
create or replace function core.tg__stamp_status()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  new.status_changed_at := core.now();
  return new;
end;
$$;
comment on function core.tg__stamp_status() is 'Keeps status_changed_at.';
revoke all on function core.tg__stamp_status() from public;
