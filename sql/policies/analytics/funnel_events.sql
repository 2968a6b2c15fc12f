-- Read by the system only: rows follow visitors around. Nothing is changed; what is old enough may be deleted.
alter table analytics.funnel_events enable row level security;

create policy service_reads on analytics.funnel_events for select to service_role using (true);
grant select on analytics.funnel_events to service_role;

create trigger _300_guard_history before update or delete on analytics.funnel_events
  for each row execute function analytics.tg_funnel_events__guard_history();
create trigger _300_guard_truncate before truncate on analytics.funnel_events
  for each statement execute function analytics.tg_funnel_events__guard_history();
