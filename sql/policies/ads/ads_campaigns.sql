-- Shown to the public by a function, which chooses what runs. Read as rows by the system only.
alter table ads.ads_campaigns enable row level security;

create policy service_reads on ads.ads_campaigns for select to service_role using (true);
grant select on ads.ads_campaigns to service_role;

create trigger _110_stamp_updated before update on ads.ads_campaigns
  for each row execute function core.tg__stamp_updated();
create trigger _300_guard_transition before insert or update of status on ads.ads_campaigns
  for each row execute function core.tg__enforce_transition('campaign', 'status');
create trigger _900_record after insert or update or delete on ads.ads_campaigns
  for each row execute function audit.tg__record('campaign');
