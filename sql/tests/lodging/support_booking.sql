begin;
select plan(13);

select tests.create_lodging(), tests.create_city('FLN');
select tests.as_anon();
select tests.hold('ana', 'family', traveler => '{"first_name": "Ana", "email": "ana@mail.example"}');
select tests.hold('bia', 'family', traveler => '{"first_name": "Bia", "email": "bia@mail.example"}');
reset role;
select tests.pay_stay('ana');
select lodging.confirm_reservation(tests.stay('ana'), 'H1');
select core.open_exception('odd', 'URB', (tests.stay('ana')).id, '{"why": "so"}');
create function pg_temp.code() returns text language sql as $$ select (tests.stay('ana')).confirmation_code $$;

-- support
select tests.as_staff('agent', 'URB');
select tests.throws_code('select api.support_booking()', 'MISSING_REQUIRED_FIELD', 'something is looked for');
select is(jsonb_array_length(api.support_booking(' ' || lower(pg_temp.code()))), 1, 'a booking is found by its code');
select is(api.support_booking('ANA@mail.example') -> 0 ->> 'confirmation_code', pg_temp.code(), 'and by the address of who stays');
select is(api.support_booking('bia@mail.example') -> 0 ->> 'intent_status', 'intent_created', 'a booking that is not paid by the address');
select is(api.support_booking('nobody@mail.example'), '[]', 'what is not there is not found');
-- lodging.describe_for_support
select is(b -> 'payments' -> 0 ->> 'status', 'succeeded', 'its payments are shown') from (select api.support_booking(pg_temp.code()) -> 0 as b) as s;
select is(b -> 'commands' -> 0 ->> 'topic', 'lodging.commit_booking', 'its commands') from (select api.support_booking(pg_temp.code()) -> 0 as b) as s;
select is(b -> 'exceptions' -> 0 -> 'detail', '{"why": "so"}', 'its cases') from (select api.support_booking(pg_temp.code()) -> 0 as b) as s;
select is(b -> 'notifications' -> 0 ->> 'template_code', 'payment_receipt', 'and its messages') from (select api.support_booking(pg_temp.code()) -> 0 as b) as s;

-- others
select tests.as_staff('agent', 'FLN');
select is(api.support_booking(pg_temp.code()), '[]', 'an agent of another city finds nothing');
select tests.create_supabase_user('ada');
select tests.authenticate_as('ada');
select tests.throws_code('select api.support_booking(pg_temp.code())', 'FORBIDDEN', 'a customer looks nothing up');
select tests.authenticate_as_service_role();
select is(jsonb_array_length(api.support_booking(pg_temp.code())), 1, 'the system finds all');
reset role;
select is((select count(*) from audit.audit_logs as l where l.event_type = 'booking_intent.looked_up' and l.entity_id = (tests.stay('ana')).id and l.actor_type = 'authenticated'), 6::bigint,
  'the audit log knows each time somebody looked');
select * from finish();
rollback;
