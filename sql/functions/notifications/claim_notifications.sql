-- Lease due messages of some channels to a worker, with template and facts: what waits, and what a worker took and never
-- reported while tries are left. Channels that nobody asks for wait.
-- Who: service_role. Locks: the rows claimed (skip locked); the lease is committed before anything is sent.
-- Fails with: FORBIDDEN, MISSING_REQUIRED_FIELD, INVALID_PARAMETER.
create or replace function notifications.claim_notifications(p_channels text[], p_limit integer)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_now constant timestamptz := core.now();
  v_policy constant jsonb := core.setting('notifications.sending');
  v_messages jsonb;
begin
  perform access.require_service();
  perform core.require('channels', p_channels is not null);
  perform core.require_valid(
    'channels', p_channels <@ enum_range(null::notifications.notification_channel)::text[], 'email, whatsapp, sms, push');
  perform core.require_valid('limit', p_limit between 1 and 1000, '1 to 1000');

  with due as (
    select n.id
    from notifications.notification_outbox as n
    where n.channel = any (p_channels::notifications.notification_channel[]) and n.scheduled_for <= v_now
      and (n.status = 'pending'
        or (n.status = 'processing' and n.locked_until <= v_now and n.attempt_count < (v_policy ->> 'max_attempts')::integer))
    order by n.scheduled_for, n.id
    limit p_limit
    for update skip locked
  ), claimed as (
    update notifications.notification_outbox as n
    set status = 'processing', attempt_count = n.attempt_count + 1, claim_token = core.new_id(),
        locked_until = v_now + make_interval(secs => (v_policy ->> 'lease_seconds')::double precision),
        template_id = notifications.find_template(n.template_code, n.channel, n.city_code, n.locale)
    from due
    where n.id = due.id
    returning n.*
  )
  select coalesce(jsonb_agg(jsonb_build_object(
      'id', c.id, 'channel', c.channel, 'attempt', c.attempt_count, 'claim_token', c.claim_token,
      'recipient', case c.channel when 'email' then c.recipient_email when 'push' then c.recipient_id::text else c.recipient_phone end,
      'template_code', c.template_code, 'locale', coalesce(t.locale, c.locale),
      'subject_template', t.subject_template, 'body_template', t.body_template, 'html_template', t.html_template,
      'facts', c.metadata, 'exponents', (select jsonb_object_agg(y.code, y.exponent) from core.currencies as y))
    order by c.scheduled_for, c.id), '[]')
  into v_messages
  from claimed as c
  left join notifications.notification_templates as t on t.id = c.template_id;
  return v_messages;
end;
$$;
comment on function notifications.claim_notifications(text[], integer) is
  'Leases due messages to a worker. Without a template body_template is null; exponents tell what a minor unit of each currency is.';
revoke all on function notifications.claim_notifications(text[], integer) from public;
grant execute on function notifications.claim_notifications(text[], integer) to service_role;
