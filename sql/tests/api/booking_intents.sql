begin;
select plan(13);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.create_supabase_user('gil'), tests.create_supabase_user('hal');
select tests.as_anon();
select tests.hold('ana', 'family', 10), tests.hold('bia', 'family', 10);
select tests.authenticate_as('gil');
select tests.hold('gil', 'family', 10);
reset role;
select tests.pay_stay('bia'), tests.pay_stay('gil');

-- guests
select tests.as_anon();
select is_empty('select * from api.booking_intents', 'a guest without a session sees no intents');
select is_empty('select * from api.reservations', 'nor reservations');
select tests.as_anon(tests.session('ana'));
select results_eq('select i.id, i.status from api.booking_intents as i', $$values ((tests.intent('ana')).id, 'intent_created')$$, 'a guest sees her own intent');
select is_empty('select * from api.reservations', 'and no reservation while she has none');
select tests.as_anon(tests.session('bia'));
select results_eq('select r.id, r.status, r.payment_status from api.reservations as r', $$values ((tests.intent('bia')).id, 'host_commit_pending', 'paid')$$, 'another sees her own reservation');
select throws_ok('select i.hold_token from lodging.booking_intents as i', '42501', null, 'nobody sees hold tokens');

-- customers
select tests.authenticate_as('gil');
select results_eq('select r.id from api.reservations as r', $$values ((tests.intent('gil')).id)$$, 'a customer sees his own');
select tests.authenticate_as('hal');
select is_empty('select * from api.reservations', 'and no one else''s');
select is_empty('select * from api.booking_intents', 'of either kind');

-- staff
select tests.as_staff('agent', 'URB');
select is((select count(*) from api.booking_intents), 3::bigint, 'staff see the intents of their city');
select is((select count(*) from api.reservations), 2::bigint, 'and its reservations');
reset role;
insert into core.cities (code, name, timezone) values ('SAO', 'São Paulo', 'America/Sao_Paulo');
select tests.as_staff('agent', 'SAO');
select is_empty('select * from api.booking_intents', 'not those of another city');
select throws_ok('update api.reservations set cancellation_reason = null', '42501', null, 'nobody writes through a view');

reset role;
select * from finish();
rollback;
