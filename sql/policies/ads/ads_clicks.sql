-- Read by the system only: rows follow visitors around.
alter table ads.ads_clicks enable row level security;

create policy service_reads on ads.ads_clicks for select to service_role using (true);
grant select on ads.ads_clicks to service_role;
