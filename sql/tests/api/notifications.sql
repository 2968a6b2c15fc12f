begin;
select plan(9);

select tests.create_supabase_user('ada');
select tests.create_order('adas', 100), tests.create_order('guests', 100), tests.create_order('other', 100, city => 'FLN');
update payments.orders set customer_subject = tests.get_supabase_uid('ada')::text where id = tests.id('adas');
update payments.orders set session_hash = encode(sha256('session-of-the-guest'), 'hex') where id = tests.id('guests');
select tests.create_message('to_ada', booking => tests.id('adas')),
  tests.create_message('to_owner_of_adas', booking => tests.id('adas'), recipient_type => 'owner'),
  tests.create_message('to_guest', booking => tests.id('guests')),
  tests.create_message('to_owner_of_guests', booking => tests.id('guests'), recipient_type => 'owner'),
  tests.create_message('to_other', 'FLN', booking => tests.id('other')), tests.create_message('to_nobody');
create function pg_temp.seen() returns setof text language sql as
  $$select tests.message_name(n.id) from api.notifications as n order by 1$$;

select tests.authenticate_as('ada');
select results_eq('select pg_temp.seen()', array['to_ada'], 'a customer sees what was written to her, not to others about her stay');
select results_eq(
  'select n.status, n.channel, n.template_code, n.recipient_email from api.notifications as n',
  $$values ('pending', 'email', 'booking_confirmation', 'ana@mail.example')$$, 'with what became of it');
select tests.as_anon('session-of-the-guest');
select results_eq('select pg_temp.seen()', array['to_guest'], 'a guest sees what was written to the session''s stays');
select tests.authenticate_as('ada', 'session-of-the-guest');
select results_eq('select pg_temp.seen()', array['to_ada', 'to_guest'], 'who signed in afterwards sees both');
select tests.as_anon();
select is_empty('select pg_temp.seen()', 'others see nothing');
select tests.as_staff('agent', 'FLN');
select results_eq('select pg_temp.seen()', array['to_other'], 'staff see all messages of their city');
select tests.as_staff('admin');
select is((select count(*) from pg_temp.seen()), 6::bigint, 'administrators those of every city');
select throws_ok('select claim_token from notifications.notification_outbox', '42501', null, 'claims are nobody''s business');
select tests.authenticate_as_service_role();
select is((select count(*) from pg_temp.seen()), 6::bigint, 'the system sees everything');
reset role;

select * from finish();
rollback;
