begin;
select plan(5);

select is_empty(
  $$select t.template_code, count(*) from notifications.notification_templates as t where t.city_code = 'ALL'
    group by t.template_code, t.channel having array_agg(t.locale order by t.locale) <> '{en,pt-BR}'$$,
  'every message is there in both languages');
select throws_ok(
  $$insert into notifications.notification_templates (city_code, template_code, channel, subject_template, body_template, locale)
    values ('ALL', 'refund_notice', 'email', 'x', 'x', 'en')$$, '23505', null,
  'a text is there once per city, channel and language');
select throws_ok(
  $$insert into notifications.notification_templates (city_code, template_code, channel, body_template)
    values ('ALL', 'greeting', 'email', 'x')$$, '23514', null, 'a mail has a subject');
select throws_ok(
  $$insert into notifications.notification_templates (city_code, template_code, channel, body_template, html_template)
    values ('ALL', 'greeting', 'sms', 'x', '<b>x</b>')$$, '23514', null, 'only mail has HTML');
update notifications.notification_templates set body_template = 'x' where template_code = 'refund_notice' and locale = 'en';
select is(
  (select count(*) from audit.audit_logs where event_type = 'notification_template.updated'), 1::bigint,
  'a changed text is recorded');

select * from finish();
rollback;
