-- Read by the system only.
alter table lodging.review_invitations enable row level security;

create policy service_reads on lodging.review_invitations for select to service_role using (true);
grant select on lodging.review_invitations to service_role;
