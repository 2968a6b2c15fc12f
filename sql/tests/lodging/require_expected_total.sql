begin;
select plan(3);

select lives_ok($$select lodging.require_expected_total(null, 100, 'BRL')$$, 'who expects nothing takes any price');
select lives_ok($$select lodging.require_expected_total(100, 100, 'BRL')$$, 'who expects the price gets it');
select tests.throws_code($$select lodging.require_expected_total(99, 100, 'BRL')$$, 'PRICE_CHANGED', 'who expects less is asked again');

select * from finish();
rollback;
