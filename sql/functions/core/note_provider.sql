-- Keep in mind how a command's provider did: so many failures in a short time open its circuit, so does one where it was not yet
-- closed; then an answer closes it. Topics without a provider have none.
-- Who: complete_command, fail_command. Locks: the circuit, before anything of a module; none where all is well.
create or replace function core.note_provider(p_topic text, p_is_failure boolean)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_provider constant text := core.outbox_policy(p_topic) ->> 'provider';
  v_now constant timestamptz := core.now();
  v_failures constant integer := (core.setting('circuit') ->> 'failures')::integer;
  v_within constant interval := make_interval(secs => (core.setting('circuit') ->> 'within_seconds')::double precision);
  v_open_for constant interval := make_interval(secs => (core.setting('circuit') ->> 'open_seconds')::double precision);
begin
  if not p_is_failure then
    update core.circuits as c set failed_at = '{}', open_until = null where c.provider = v_provider and c.open_until is not null;
  elsif v_provider is not null then
    insert into core.circuits (provider) values (v_provider) on conflict (provider) do nothing;
    update core.circuits as c
    set failed_at = array(
          select f.at from unnest(c.failed_at || v_now) as f (at) where f.at > v_now - v_within order by f.at desc limit v_failures)
    where c.provider = v_provider;
    update core.circuits as c
    set open_until = v_now + v_open_for
    where c.provider = v_provider and (c.open_until is not null or cardinality(c.failed_at) >= v_failures);
  end if;
end;
$$;
comment on function core.note_provider(text, boolean) is 'Opens and closes the circuit of a provider as commands fail and succeed.';
revoke all on function core.note_provider(text, boolean) from public;
