-- Tell every module that has on_event(text) of what happened to a row, as {"event": …, "id": …}.
-- Argument: the event. When it happened says the trigger.
create or replace function core.tg__announce()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform core.call_hooks('on_event', jsonb_build_object('event', tg_argv[0], 'id', new.id)::text);
  return null;
end;
$$;
comment on function core.tg__announce() is 'Announces what happened to a row to every module that listens.';
revoke all on function core.tg__announce() from public;
