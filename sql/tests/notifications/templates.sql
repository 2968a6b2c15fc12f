begin;
select plan(5);

create temporary table facts as select
  '{"confirmation_code": "RES-2026-ABC123", "property_name": "Pousada", "check_in": "2026-12-01", "check_out": "2026-12-04",
    "guests": 2, "refund": {"amount": 100, "currency": "BRL"}, "city": "Urubici", "description": "Three nights",
    "total": {"amount": 100, "currency": "BRL"}}'::jsonb as known;

select set_eq(
  $$select t.template_code, t.locale from notifications.notification_templates as t where t.city_code = 'ALL' and t.channel = 'email'$$,
  $$select c, l from unnest(array['booking_confirmation', 'new_booking', 'refund_notice']) as c, unnest(array['pt-BR', 'en']) as l$$,
  'every message that the first story sends is there in both languages');
select is_empty(
  $$select t.template_code, t.locale, n.name
    from notifications.notification_templates as t
    cross join unnest(notifications.placeholders(t.subject_template || t.body_template)) as n (name)
    cross join facts as f where not f.known ? n.name$$,
  'no text needs a fact that nobody gives');
select is_empty(
  $$select a.template_code from notifications.notification_templates as a
    join notifications.notification_templates as b using (template_code, channel, city_code)
    where array(select distinct unnest(notifications.placeholders(a.subject_template || a.body_template)) order by 1)
      <> array(select distinct unnest(notifications.placeholders(b.subject_template || b.body_template)) order by 1)$$,
  'both languages say the same');
select throws_ok(
  $$insert into notifications.notification_templates (city_code, template_code, channel, body_template, locale)
    values ('ALL', 'refund_notice', 'email', 'x', 'en')$$, '23505', null,
  'a text is there once per city, channel and language');
update notifications.notification_templates set body_template = 'x' where template_code = 'refund_notice' and locale = 'en';
select is(
  (select count(*) from audit.audit_logs where event_type = 'notification_template.updated'), 1::bigint,
  'a changed text is recorded');

select * from finish();
rollback;
