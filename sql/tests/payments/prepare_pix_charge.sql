begin;
select plan(11);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.order_toy('car');
select tests.order_toy('doll');
update payments.orders set currency = 'USD' where id = tests.id('doll');

-- the service, for a guest
select tests.authenticate_as_service_role();
create temporary table asked as select api.create_pix_charge(tests.id('car'), tests.session('car'), 'openpix') as r;
reset role;
select is(
  (select r - 'payment_id' - 'metadata' - 'idempotency_key' from asked),
  jsonb_build_object('booking_id', tests.id('car'), 'attempt_no', 1, 'amount', 10000, 'currency', 'brl', 'description', 'A toy',
    'capture_method', 'automatic', 'provider', 'openpix', 'payer', '{}'::jsonb, 'pix_charge', null,
    'expires_at', extract(epoch from '2030-05-01 12:15+00'::timestamptz)::bigint),
  'the service gets what to ask of the provider, and a quarter of an hour');
select is((tests.payment_of('car', 'openpix')).status, 'pending', 'a payment is open');
select tests.freeze_time('2030-05-01 12:05+00');
select is(api.create_pix_charge(tests.id('car'), tests.session('car'), 'openpix'), (select r from asked), 'asking again asks the same');

-- a charge, and codes that are none
select is(payments.crc16('123456789'), '29B1', 'the checksum is CRC-16/CCITT-FALSE');
select is(payments.br_code_problem('000201', 10000), 'has a wrong checksum', 'a code is closed by its checksum');
select is(payments.br_code_problem('nonsense', 10000), 'is no BR Code', 'and has fields');
select is(payments.br_code_problem(null, 10000), 'is missing', 'and is there');

-- what is refused
select tests.throws_code($$select api.create_pix_charge(tests.id('car'), tests.session('car'), 'bank')$$, 'INVALID_PARAMETER', 'an unknown provider');
select tests.throws_code($$select api.create_pix_charge(tests.id('doll'), tests.session('doll'))$$, 'INVALID_PARAMETER', 'an order in dollars');
select tests.throws_code($$select api.create_pix_charge(tests.id('car'), tests.session('doll'), 'openpix')$$, 'FORBIDDEN', 'somebody else''s order');
select tests.as_anon(tests.session('car'));
select throws_ok($$select api.create_pix_charge(tests.id('car'))$$, '42501', null, 'guests go through the bridge');
reset role;

select * from finish();
rollback;
