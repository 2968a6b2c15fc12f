begin;
select plan(3);

select is_empty(
  $$select a from unnest(enum_range(null::ledger.ledger_account)) as a
    where not exists (select from ledger.ledger_accounts as c where c.account = a)$$,
  'every account is in the chart');
select tests.create_paid_order('stay', 'card', 1000);
select tests.authenticate_as_service_role();
select throws_ok(
  $$insert into ledger.ledger_transactions (type, city_code, event_at) values ('test', 'URB', now())$$, '42501', null,
  'the system itself writes the books only through recipes');
select tests.as_staff('admin');
select throws_ok('select from ledger.ledger_entries', '42501', null, 'staff read them only through functions');
reset role;

select * from finish();
rollback;
