-- Read by the system only: rows follow visitors around.
alter table ads.ads_impressions enable row level security;

create policy service_reads on ads.ads_impressions for select to service_role using (true);
grant select on ads.ads_impressions to service_role;
