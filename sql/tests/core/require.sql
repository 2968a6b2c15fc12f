begin;
select plan(3);

select lives_ok($$select core.require('name', true)$$, 'a field that was sent passes');
select throws_ok(
  $$select core.require('name', false)$$, 'PT400', 'A required field is missing.',
  'a missing one does not');
select tests.throws_code(
  $$select core.require('name', null)$$, 'MISSING_REQUIRED_FIELD',
  'an unknown answer counts as missing');

select * from finish();
rollback;
