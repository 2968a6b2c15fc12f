-- Read by the system only: rows hold moderation notes.
alter table lodging.reviews enable row level security;

create policy service_reads on lodging.reviews for select to service_role using (true);
grant select on lodging.reviews to service_role;

create trigger _110_stamp_updated before update on lodging.reviews
  for each row execute function core.tg__stamp_updated();
