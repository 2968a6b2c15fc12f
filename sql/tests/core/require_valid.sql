begin;
select plan(3);

select lives_ok($$select core.require_valid('size', 3 between 1 and 5, '1 to 5')$$, 'an allowed value passes');
select tests.throws_code(
  $$select core.require_valid('size', 6 between 1 and 5, '1 to 5')$$, 'INVALID_PARAMETER',
  'another does not');
select tests.throws_code(
  $$select core.require_valid('size', null between 1 and 5, '1 to 5')$$, 'INVALID_PARAMETER',
  'no value is not allowed either');

select * from finish();
rollback;
