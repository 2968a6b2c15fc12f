begin;
select plan(6);

select tests.create_paid_order('stay', 'card', 1000, 150);
select tests.create_paid_order('elsewhere', 'other card', 70, city => 'RIO');

-- the system
select tests.authenticate_as_service_role();
select is(
  api.trial_balance(),
  '{"accounts": [
      {"city_code": "RIO", "currency": "BRL", "account": "cash_reserve", "class": "asset", "debits": 70, "credits": 0, "balance": 70},
      {"city_code": "RIO", "currency": "BRL", "account": "customer_deposits", "class": "liability", "debits": 0, "credits": 70, "balance": -70},
      {"city_code": "URB", "currency": "BRL", "account": "cash_reserve", "class": "asset", "debits": 1000, "credits": 0, "balance": 1000},
      {"city_code": "URB", "currency": "BRL", "account": "customer_deposits", "class": "liability", "debits": 0, "credits": 1000, "balance": -1000}],
    "totals": [
      {"city_code": "RIO", "currency": "BRL", "debits": 70, "credits": 70, "difference": 0},
      {"city_code": "URB", "currency": "BRL", "debits": 1000, "credits": 1000, "difference": 0}],
    "balanced": true}',
  'the system sees the books of all cities');

-- staff
select tests.as_staff('agent', 'URB');
select is(jsonb_path_query_array(api.trial_balance(), '$.totals[*].city_code'), '["URB"]', 'staff see the books of their city');
select is(jsonb_path_query_array(api.trial_balance('URB'), '$.totals[*].city_code'), '["URB"]', 'also by its name');
select tests.throws_code($$select api.trial_balance('RIO')$$, 'FORBIDDEN', 'but not those of another');

-- others
reset role;
select tests.create_supabase_user('ana');
select tests.authenticate_as('ana');
select tests.throws_code('select api.trial_balance()', 'FORBIDDEN', 'a customer sees no books');
select tests.as_anon();
select throws_ok('select api.trial_balance()', '42501', null, 'nor does a guest');
reset role;

select * from finish();
rollback;
