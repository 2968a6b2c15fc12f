-- A new city gets the defaults of every module.
create or replace function core.tg_cities__call_hooks()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform core.call_hooks('on_city_added', new.code);
  return null;
end;
$$;
comment on function core.tg_cities__call_hooks() is 'After a city is added, calls on_city_added(code) of each module.';
revoke all on function core.tg_cities__call_hooks() from public;
