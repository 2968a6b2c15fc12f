-- Read by the system only; staff see those of their city by get_daily_kpis.
alter table analytics.kpi_daily_snapshots enable row level security;

create policy service_reads on analytics.kpi_daily_snapshots for select to service_role using (true);
grant select on analytics.kpi_daily_snapshots to service_role;

create trigger _110_stamp_updated before update on analytics.kpi_daily_snapshots
  for each row execute function core.tg__stamp_updated();
