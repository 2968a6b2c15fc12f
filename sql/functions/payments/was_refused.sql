-- Whether the answer to a command that was given up says that the provider refused it, so that nothing was done. Without an
-- answer, or where the last says only that this try was not looked at (401, 403, 409, 429), nobody knows.
-- Who: functions of ours. Locks: none.
create or replace function payments.was_refused(p_response jsonb)
returns boolean
language sql immutable security definer
set search_path = ''
as $$
  select coalesce(s.status between 400 and 499 and s.status not in (401, 403, 409, 429), false)
  from (
    select case jsonb_typeof(p_response -> 'http_status') when 'number' then (p_response -> 'http_status')::numeric end as status) as s
$$;
comment on function payments.was_refused(jsonb) is 'Whether a command''s last answer was a refusal of the provider.';
revoke all on function payments.was_refused(jsonb) from public;
