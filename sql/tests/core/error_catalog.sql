begin;
select plan(6);

select is_empty(
  $$select c.code from core.error_catalog() as c group by c.code having count(*) > 1$$,
  'every code is there once');
select is_empty(
  $$select c.code from core.error_catalog() as c where c.sqlstate !~ '^PT[45]\d\d$'$$,
  'every SQLSTATE holds an HTTP status of an error');
select is_empty(
  $$select c.code from core.error_catalog() as c
    where c.code !~ '^[A-Z_]+$' or c.message !~ '^[ -~]+[.]$' or c.hint !~ '^[ -~]+[.]$'$$,
  'codes are upper case, messages and hints are ASCII sentences');
select set_has(
  'select c.code from core.error_catalog() as c',
  $$select unnest(array[
    'UNAUTHORIZED', 'FORBIDDEN', 'INVALID_REQUEST', 'MISSING_REQUIRED_FIELD', 'INVALID_PARAMETER', 'BOOKING_INTENT_EXPIRED',
    'BOOKING_INTENT_NOT_FOUND', 'PAYMENT_FAILED', 'PAYMENT_ALREADY_PROCESSED', 'HOST_COMMIT_FAILED', 'HOST_UNAVAILABLE',
    'INSUFFICIENT_INVENTORY', 'CANCELLATION_NOT_ALLOWED', 'REFUND_FAILED', 'INTERNAL_ERROR', 'RATE_LIMIT_EXCEEDED',
    'SERVICE_UNAVAILABLE'])$$,
  'every documented code exists');
select is_empty(
  $$select f.label, m.match[1]
    from tests.functions as f, regexp_matches(f.definition, 'core\.raise\(\s*''([A-Z_]+)''', 'g') as m (match)
    where m.match[1] not in (select c.code from core.error_catalog() as c)$$,
  'no function raises a code that is not in the catalog');
select is(
  has_function_privilege('anon', 'core.error_catalog()', 'execute'), true,
  'everybody may read it');

select * from finish();
rollback;
