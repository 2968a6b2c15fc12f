begin;
select plan(10);

insert into core.cities (code, name, timezone)
values ('URB', 'Urubici', 'America/Sao_Paulo'), ('FLN', 'Florianopolis', 'America/Sao_Paulo');
select core.open_exception('odd', 'URB', null), core.open_exception('odd', 'FLN', null), core.open_exception('odd', 'ALL', null);
create schema toy;
select core.enqueue_command('toy.send', 'a', 'URB', null, '{"secret": 1}'), core.enqueue_command('toy.send', 'b', 'FLN', null, '{}');

select tests.as_staff('agent', 'URB');
select results_eq('select city_code from api.exceptions', array['URB'], 'staff see the cases of their city');
select results_eq('select city_code from api.commands', array['URB'], 'and its commands');
select throws_ok('select payload from core.outbox', '42501', null, 'but not what these carry');
select tests.as_staff('admin');
select bag_eq('select city_code from api.exceptions', array['ALL', 'FLN', 'URB'], 'staff of every city see all');
select tests.create_supabase_user('ada');
select tests.authenticate_as('ada');
select is_empty('table api.exceptions', 'a customer sees no case');
select is_empty('table api.commands', 'and no command');
select tests.as_staff('vendor', 'URB');
select is_empty('table api.exceptions', 'nor does a vendor');
select tests.as_anon('a-guest-of-sixteen');
select throws_ok('table api.exceptions', '42501', null, 'guests may not even ask');
select tests.authenticate_as_service_role();
select is((select count(*) from api.exceptions), 3::bigint, 'the system sees all');
select throws_ok($$update core.exceptions set resolved_by = 'x'$$, '42501', null, 'but writes through functions only');
reset role;

select * from finish();
rollback;
