-- End campaigns whose time is over, oldest first.
-- Who: tick. Locks: campaigns that it need not wait for.
create or replace function ads.tick_complete_campaigns(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_done integer;
begin
  update ads.ads_campaigns as c
  set status = 'completed'
  where c.id in (
    select e.id from ads.ads_campaigns as e
    where e.status in ('active', 'paused') and e.ends_at <= (select core.now())
    order by e.ends_at
    limit p_limit
    for no key update skip locked);
  get diagnostics v_done = row_count;
  return v_done;
end;
$$;
comment on function ads.tick_complete_campaigns(integer) is 'Completes campaigns that have reached their end.';
revoke all on function ads.tick_complete_campaigns(integer) from public;
