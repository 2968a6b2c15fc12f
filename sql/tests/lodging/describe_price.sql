begin;
select plan(1);

select is(lodging.describe_price(10000, 450, 99, 1000, 9549), '{"base_price": 10000, "taxes": 450, "fees": 99, "discount": 1000, "total": 9549}',
  'a price is shown by its parts');

select * from finish();
rollback;
