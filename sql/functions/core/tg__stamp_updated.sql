-- Stamp updated_at.
create or replace function core.tg__stamp_updated()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  new.updated_at := clock_timestamp();
  return new;
end;
$$;
comment on function core.tg__stamp_updated() is 'Keeps updated_at.';
revoke all on function core.tg__stamp_updated() from public;
