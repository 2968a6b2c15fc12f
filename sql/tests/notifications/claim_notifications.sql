begin;
select plan(16);

update core.settings set value = '{"max_attempts": 2, "backoff_seconds": [10], "lease_seconds": 60}' where key = 'notifications.sending';
select tests.freeze_time('2026-05-01 12:00+00');
create function pg_temp.claim(p_channels text[] default '{email}', p_limit integer default 10) returns setof text language sql as $$
  select tests.message_name(id) from jsonb_to_recordset(notifications.claim_notifications(p_channels, p_limit)) as c (id uuid)
$$;
select tests.create_message('mail'), tests.create_message('sms', recipient => '+5549999', channel => 'sms');
select tests.create_message('push', channel => 'push');
select tests.freeze_time('2026-05-01 12:00:01+00');
select tests.create_message('later');

-- what is leased
select is_empty($$select pg_temp.claim('{}')$$, 'a worker without senders gets nothing');
select results_eq('select pg_temp.claim(p_limit => 1)', array['mail'], 'the oldest of its channels that is due is leased');
select results_eq('select pg_temp.claim()', array['later'], 'and only once');
select is_empty('select pg_temp.claim()', 'messages of channels that nobody serves wait');
select results_eq($$select pg_temp.claim('{sms, whatsapp}')$$, array['sms'], 'until somebody does');
select results_eq(
  $$select (m).status::text, (m).attempt_count, (m).locked_until, (m).claim_token is not null, (m).template_id is not null
    from tests.message('mail') as m$$,
  $$values ('processing', 1, '2026-05-01 12:01:01+00'::timestamptz, true, true)$$,
  'a lease has a token and an end, counts as a try, and settles the template');
select throws_ok(
  $$update notifications.notification_outbox set claim_token = null where id = tests.id('mail')$$, '23514', null,
  'no writer can make a message be sent by nobody');

-- what becomes of a lease
select tests.freeze_time('2026-05-01 12:01+00');
select is_empty('select pg_temp.claim()', 'a lease holds to its end');
select tests.freeze_time('2026-05-01 12:01:01+00');
select results_eq('select pg_temp.claim()', array['mail', 'later'], 'then the message is leased again');
select tests.freeze_time('2026-05-01 12:10+00');
select is_empty('select pg_temp.claim()', 'but not when that was its last try');

-- what the worker gets
select tests.create_message('written', recipient => 'bia@mail.example');
select tests.create_message('phoned', recipient => '+55', channel => 'whatsapp');
create temporary table got as
  select c from jsonb_array_elements(notifications.claim_notifications('{email, whatsapp}', 10)) as c;
select is(
  (select c - 'claim_token' - 'id' - 'exponents' from got where c ->> 'channel' = 'whatsapp'),
  '{"channel": "whatsapp", "attempt": 1, "recipient": "+55", "template_code": "booking_confirmation", "locale": "pt-BR",
    "subject_template": null, "body_template": null, "html_template": null, "facts": {"property_name": "House"}}',
  'it is told where to and with which facts; a text that nobody wrote is null');
select results_eq(
  $$select c ->> 'recipient', c ->> 'body_template' = t.body_template, c -> 'exponents' -> 'BRL'
    from got, notifications.notification_templates as t
    where c ->> 'channel' = 'email' and t.template_code = 'booking_confirmation' and t.locale = 'pt-BR' and t.city_code = 'ALL'$$,
  $$values ('bia@mail.example', true, '2'::jsonb)$$, 'and with which template and currencies');

-- input and actors
select tests.throws_code(
  $$select notifications.claim_notifications('{pigeon}', 1)$$, 'INVALID_PARAMETER', 'a channel must exist');
select tests.throws_code($$select notifications.claim_notifications('{email}', 0)$$, 'INVALID_PARAMETER', 'a worker asks for at least one');
select tests.authenticate_as_service_role();
select lives_ok($$select api.claim_notifications('{email}')$$, 'the system may claim');
select tests.as_staff('admin', 'URB');
select throws_ok($$select api.claim_notifications('{email}')$$, '42501', null, 'staff may not');
reset role;

select * from finish();
rollback;
