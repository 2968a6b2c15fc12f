-- Commands to the outside world and how they go, for the staff of their cities; a dead one can be retried with retry_command.
create or replace view api.commands with (security_invoker = true) as
select o.id, o.topic, o.city_code, o.booking_id, o.status, o.attempts, o.next_attempt_at, o.last_error,
  o.created_at, o.retried_at, o.finished_at
from core.outbox as o;
comment on view api.commands is 'Commands to the outside world and how they go. Staff see those of their cities.';
revoke all on api.commands from public, anon, authenticated, service_role;
grant select on api.commands to authenticated, service_role;
