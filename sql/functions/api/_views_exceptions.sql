-- What a person must look at, for the staff of its city.
create or replace view api.exceptions with (security_invoker = true) as
select e.id, e.kind, e.city_code, e.booking_id, e.detail, e.opened_at, e.resolved_at, e.resolved_by, e.resolution
from core.exceptions as e;
comment on view api.exceptions is 'What a person must look at. Staff see the cases of their cities.';
revoke all on api.exceptions from public, anon, authenticated, service_role;
grant select on api.exceptions to authenticated, service_role;
