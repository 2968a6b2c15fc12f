begin;
select plan(7);

select tests.create_city('URB');
insert into payments.product_lines (name) values ('books');

select lives_ok(
  $$select payments.place_order(tests.id('stay'), 'books', tests.id('a book'), null, null, 'hash', 'URB', 500, 75, 'brl',
    'A book', '{"terms": 1}', '{"utm_source": "mail"}')$$,
  'a line places an order');
select row_eq(
  $$select product_line, session_hash, amount, platform_fee, currency, policy_snapshot, attribution
    from payments.orders where id = tests.id('stay')$$,
  row('books'::text, 'hash'::text, 500::bigint, 75::bigint, 'BRL'::text, '{"terms": 1}'::jsonb, '{"utm_source": "mail"}'::jsonb),
  'it is kept as given, its currency in upper case');
select lives_ok(
  $$select payments.place_order(tests.id('gift'), 'books', tests.id('a book'), null, 'user_1', null, 'URB', 0, 0, 'BRL', null, null, null)$$,
  'an order may cost nothing');

select tests.throws_code(
  $$select payments.place_order(tests.id('x'), 'books', tests.id('a book'), null, null, null, 'URB', 500, 0, 'BRL', null, null, null)$$,
  'MISSING_REQUIRED_FIELD', 'somebody has to order');
select throws_ok(
  $$select payments.place_order(tests.id('x'), 'shoes', tests.id('a book'), null, 'a', null, 'URB', 500, 0, 'BRL', null, null, null)$$,
  '23503', null, 'the line has to exist');
select throws_ok(
  $$select payments.place_order(tests.id('x'), 'books', tests.id('a book'), null, 'a', null, 'URB', 500, 501, 'BRL', null, null, null)$$,
  '23514', null, 'the fee is a part of the amount');

set local role service_role;
select throws_ok(
  $$select payments.place_order(tests.id('x'), 'books', tests.id('a book'), null, 'a', null, 'URB', 500, 0, 'BRL', null, null, null)$$,
  '42501', null, 'nobody but a line can place one');

select * from finish();
rollback;
