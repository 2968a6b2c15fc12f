begin;
select plan(10);

insert into core.cities (code, name, timezone)
values ('URB', 'Urubici', 'America/Sao_Paulo'), ('FLN', 'Florianopolis', 'America/Sao_Paulo');
insert into notifications.notification_templates (city_code, template_code, channel, locale, subject_template, body_template) values
  ('ALL', 'greeting', 'email', 'pt-BR', 'ALL pt-BR', 'x'),
  ('ALL', 'greeting', 'email', 'en', 'ALL en', 'x'),
  ('ALL', 'greeting', 'sms', 'pt-BR', 'ALL sms', 'x'),
  ('URB', 'greeting', 'email', 'pt-BR', 'URB pt-BR', 'x'),
  ('ALL', 'only-danish', 'email', 'da', 'ALL da', 'x');
create function pg_temp.found(p_city text, p_locale text, p_template text default 'greeting', p_channel text default 'email')
returns text language sql as $$
  select t.subject_template from notifications.notification_templates as t
  where t.id = notifications.find_template(p_template, p_channel::notifications.notification_channel, p_city, p_locale)
$$;

select is(pg_temp.found('FLN', 'pt-BR'), 'ALL pt-BR', 'a city without its own text uses that of all');
select is(pg_temp.found('URB', 'pt-BR'), 'URB pt-BR', 'a city''s own text goes first');
select is(pg_temp.found('URB', 'en'), 'ALL en', 'but the recipient''s language goes before it');
select is(pg_temp.found('URB', 'en-GB'), 'ALL en', 'another country''s English is English');
select is(pg_temp.found('URB', 'fr'), 'URB pt-BR', 'a language nobody wrote falls back');
select is(pg_temp.found('URB', 'pt-BR', 'only-danish'), 'ALL da', 'any text is better than none');
select is(pg_temp.found('URB', 'pt-BR', 'greeting', 'sms'), 'ALL sms', 'each channel has its texts');
select is(pg_temp.found('URB', 'pt-BR', 'nonsense'), null, 'what nobody wrote is not found');
update core.settings set value = '"en"' where key = 'notifications.locale';
select is(pg_temp.found('FLN', 'fr'), 'ALL en', 'the language to fall back on is a setting');
update notifications.notification_templates set is_active = false where city_code = 'URB';
select is(pg_temp.found('URB', 'pt-BR'), 'ALL pt-BR', 'a text out of use is not used');

select * from finish();
rollback;
