begin;
select plan(5);

select set_eq(
  $$select t.label from tests.tables as t where t.module = 'services'$$,
  $$select 'services.' || t from unnest(array['invoices', 'receivables', 'service_catalog', 'service_orders', 'service_payouts',
    'service_providers', 'vendor_payables']) as t$$,
  'the tables of a later phase are there');
select is_empty(
  $$select t.label from tests.tables as t where t.module = 'services' and obj_description(t.oid, 'pg_class') not like 'PHASE 3 ONLY%'$$,
  'and say that they are');
select is_empty($$select f.label from tests.functions as f where f.module = 'services'$$, 'nothing is done with them');

select tests.create_city('URB'), tests.create_city('SAO');
insert into services.service_providers (city_code, name) values ('URB', 'Laundry'), ('SAO', 'Taxi');
grant usage on schema services to authenticated;
select tests.as_staff('agent', 'URB');
select results_eq('select p.name from services.service_providers as p', array['Laundry'], 'staff would see the rows of their city');
select throws_ok('delete from services.service_providers', '42501', null, 'and write none');

reset role;
select * from finish();
rollback;
