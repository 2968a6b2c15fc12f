-- Events are history: none is changed, and none deleted before its time, by any writer.
-- Fails with: 42501.
create or replace function analytics.tg_funnel_events__guard_history()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    if old.event_timestamp <= core.now() - make_interval(days => core.setting('analytics.keep_days')::integer) then
      return old;
    end if;
  end if;
  raise exception 'Events are insert-only: % of % is refused.', lower(tg_op), tg_table_name
    using errcode = '42501', hint = 'Events older than the setting analytics.keep_days may be deleted.';
end;
$$;
comment on function analytics.tg_funnel_events__guard_history() is 'Keeps events as they were written for analytics.keep_days.';
revoke all on function analytics.tg_funnel_events__guard_history() from public;
