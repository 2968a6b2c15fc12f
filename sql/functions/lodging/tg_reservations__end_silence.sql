-- A stay went on: the cases that wait for it to do so are over.
-- Who: trigger on lodging.reservations. Locks: the open cases.
create or replace function lodging.tg_reservations__end_silence()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform core.resolve_exceptions('stay_unreported', new.id, '{}', 'the stay is ' || new.status);
  return null;
end;
$$;
comment on function lodging.tg_reservations__end_silence() is 'Resolves the cases of a stay of which nothing was heard.';
revoke all on function lodging.tg_reservations__end_silence() from public;
