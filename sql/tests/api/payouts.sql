begin;
select plan(6);

select tests.create_supabase_user('owner'), tests.create_supabase_user('other');
select tests.create_payee('ana'), tests.create_payee('bia');
update payments.payees as y set subject = tests.get_supabase_uid('owner')::text where y.id = tests.id('ana');
select tests.owe('one', 'ana'), tests.owe('two', 'bia', 2000);

select tests.authenticate_as('owner');
select results_eq('select recipient_name, gross_amount, commission_amount, net_amount, status from api.payouts',
  $$values ('ana', 10000::bigint, 1500::bigint, 8500::bigint, 'pending')$$, 'a payee sees what is due to them');
select tests.authenticate_as('other');
select is_empty('select id from api.payouts', 'others see nothing');
select tests.as_staff('agent', 'URB');
select is((select count(*) from api.payouts), 2::bigint, 'staff see the payouts of their city');
select tests.as_staff('agent', 'ALL');
select is_empty('select id from api.payouts', 'not of others');
select tests.as_anon();
select throws_ok('select id from api.payouts', '42501', null, 'visitors see none');
select tests.authenticate_as_service_role();
select is((select count(*) from api.payouts), 2::bigint, 'the system sees all');

select * from finish();
rollback;
