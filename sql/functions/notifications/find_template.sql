-- The template for a message: the best for the recipient's locale (itself, its language, the city's usual one, any), then the
-- city's own before that of ALL.
-- Who: claim_notifications. Locks: none.
create or replace function notifications.find_template(
  p_template_code text, p_channel notifications.notification_channel, p_city_code text, p_locale text)
returns uuid
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_usual constant text := core.setting('notifications.locale', p_city_code) #>> '{}';
begin
  return (
    select t.id
    from notifications.notification_templates as t
    where t.template_code = p_template_code and t.channel = p_channel and t.is_active and t.city_code in (p_city_code, 'ALL')
    order by t.locale = p_locale desc, split_part(t.locale, '-', 1) = split_part(p_locale, '-', 1) desc,
      t.locale = v_usual desc, t.city_code = p_city_code desc, t.locale
    limit 1);
end;
$$;
comment on function notifications.find_template(text, notifications.notification_channel, text, text) is 'The id of the template for a message, null where nobody wrote one.';
revoke all on function notifications.find_template(text, notifications.notification_channel, text, text) from public;
