-- The locks of lock_unit on several units, in the order that everybody keeps.
-- Who: functions of ours. Locks: the units, until the transaction ends.
create or replace function lodging.lock_units(p_unit_ids uuid[])
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_unit_id uuid;
begin
  for v_unit_id in
    select distinct on (hashtextextended(u.id::text, 42)) u.id
    from unnest(p_unit_ids) as u (id)
    order by hashtextextended(u.id::text, 42)
  loop
    perform lodging.lock_unit(v_unit_id);
  end loop;
end;
$$;
comment on function lodging.lock_units(uuid[]) is 'Takes the locks on the nights of several units.';
revoke all on function lodging.lock_units(uuid[]) from public;
