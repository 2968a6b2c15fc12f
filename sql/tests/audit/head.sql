begin;
select plan(3);

-- audit.head: worked out by hand, so that it stays what it is.
create function pg_temp.head(number bigint, previous bytea default null) returns bytea language sql as $$
  select audit.head(previous, 'URB', number, 'audit_logs', 7, array[5, 7]::bigint[], array['\x01', '\x02']::bytea[], '2026-01-02 03:04:05.678901+00')
$$;
select is(
  pg_temp.head(1),
  sha256(convert_to('["URB", 1, "audit_logs", 7, [5, 7], 1767323045.678901]', 'UTF8') || '\x0102'::bytea),
  'the first head is a hash of what its seal says, and of the digests');
select is(
  pg_temp.head(2, '\xff'),
  sha256('\xff'::bytea || convert_to('["URB", 2, "audit_logs", 7, [5, 7], 1767323045.678901]', 'UTF8') || '\x0102'::bytea),
  'the next one also of the head before');
set local timezone to 'Asia/Kathmandu';
set local bytea_output to 'escape';
select is(
  encode(pg_temp.head(1), 'hex'),
  encode(sha256(convert_to('["URB", 1, "audit_logs", 7, [5, 7], 1767323045.678901]', 'UTF8') || '\x0102'::bytea), 'hex'),
  'whatever the session shows');

select * from finish();
rollback;
