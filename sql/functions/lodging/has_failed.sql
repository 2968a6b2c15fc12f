-- Whether a job of ours has failed on a booking and nobody has seen to it yet: jobs leave it alone meanwhile, so that many of them
-- keep nobody waiting.
-- Who: jobs of ours. Locks: none.
create or replace function lodging.has_failed(p_action text, p_booking_id uuid)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select from core.exceptions as x
    where x.kind = 'lodging_job_failed' and x.booking_id = p_booking_id and x.resolved_at is null
      and x.detail ->> 'action' = p_action)
$$;
comment on function lodging.has_failed(text, uuid) is 'Whether an action of a job on a booking waits for a person.';
revoke all on function lodging.has_failed(text, uuid) from public;
