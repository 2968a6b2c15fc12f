-- Since when the audit log waits to be sealed. What the publishing of heads leaves there does not count, or there would be no end.
-- Who: tick_mark, gauges. Locks: none.
create or replace function audit.unsealed_since()
returns timestamptz
language sql stable security definer
set search_path = ''
as $$
  select l.created_at
  from audit.audit_logs as l
  where l.seq > (select coalesce(max(s.up_to_seq), 0) from audit.seals as s where s.source = 'audit_logs')
    and not exists (select from core.outbox as o where o.id = l.entity_id and o.topic = 'audit.publish_heads')
  order by l.seq
  limit 1
$$;
comment on function audit.unsealed_since() is 'When the first row was written that is not sealed yet; null where all are.';
revoke all on function audit.unsealed_since() from public;
