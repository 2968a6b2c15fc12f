begin;
select plan(7);

select is(
  audit.verify(), '{"ok": true, "sealed": 0, "not_yet_sealed": 0, "heads": [], "faults": []}', 'nothing is in order');
select audit.record('thing.seen', 'thing', tests.id('thing'), 'URB', '{"n": 1.50}');
select audit.mark();
select audit.seal(100);
select is(
  audit.verify() - array['heads', 'not_yet_sealed'], '{"ok": true, "sealed": 1, "faults": []}', 'what was sealed is as it was');
select is(
  audit.verify() -> 'heads',
  (select jsonb_build_array(jsonb_build_object('city_code', 'URB', 'number', 1, 'head', encode(head, 'hex'))) from audit.seals),
  'the heads can be noted down');
select is(
  audit.verify(array[repeat('0', 64)]) -> 'faults',
  jsonb_build_array(jsonb_build_object('fault', 'head_unknown', 'head', repeat('0', 64))),
  'a head of another history is not known');

-- somebody who switches the guard off
alter table audit.audit_logs disable trigger _300_guard_append_only;
update audit.audit_logs set metadata = '{"n": 1.5}' where entity_id = tests.id('thing');
select is(
  audit.verify() -> 'faults',
  (select jsonb_build_array(jsonb_build_object(
      'fault', 'edited', 'source', 'audit_logs', 'seq', seq, 'id', id, 'city_code', 'URB', 'seal', 1))
   from audit.audit_logs where entity_id = tests.id('thing')),
  'an edited row is named');

-- a user who leaves
update audit.audit_logs set metadata = '{"n": 1.50}' where entity_id = tests.id('thing');
select tests.create_supabase_user('ada');
select set_config('request.jwt.claims', jsonb_build_object('sub', upper(tests.get_supabase_uid('ada')::text))::text, true);
select audit.record('thing.seen', 'thing', tests.id('other'), 'URB');
select set_config('request.jwt.claims', '', true);
select audit.mark();
select audit.seal(100);
delete from auth.users where id = tests.get_supabase_uid('ada');
select is((audit.verify() -> 'ok')::boolean, true, 'takes the reference along, and nothing that is sealed');

select tests.authenticate_as_service_role();
select throws_ok('select audit.verify()', '42501', null, 'only whoever runs the database verifies it');
reset role;

select * from finish();
rollback;
