-- Read by the system only.
alter table ads.campaign_days enable row level security;

create policy service_reads on ads.campaign_days for select to service_role using (true);
grant select on ads.campaign_days to service_role;
