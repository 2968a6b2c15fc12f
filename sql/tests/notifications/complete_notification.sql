begin;
select plan(7);

select tests.create_message('mail');
select notifications.claim_notifications('{email}', 10);
create temporary table token as select (tests.message('mail')).claim_token as it;

select is(
  notifications.complete_notification(tests.id('mail'), core.new_id(), 'a', 'b'), '{"accepted": false}', 'who lost the lease changes nothing');
select tests.throws_code(
  $$select notifications.complete_notification(tests.id('mail'), null, 'a', 'b')$$, 'MISSING_REQUIRED_FIELD', 'a report names its claim');
select is(tests.report_sent('mail'), '{"accepted": true}', 'who holds it reports');
select results_eq(
  $$select (m).status::text, (m).subject, (m).body, (m).sent_at is not null, (m).claim_token, (m).locked_until from tests.message('mail') as m$$,
  $$values ('sent', 'Booked', 'All is well', true, null::uuid, null::timestamptz)$$, 'the message is sent, and what it said is kept');
select is(
  (select notifications.complete_notification(tests.id('mail'), it, 'x', 'x') from token), '{"accepted": false}', 'and once only');
select is_empty(
  $$select metadata from audit.audit_logs where metadata::text like '%All is well%'$$, 'the log does not keep the text');
select tests.as_staff('admin', 'URB');
select throws_ok($$select api.complete_notification(gen_random_uuid(), gen_random_uuid(), 'a', 'b')$$, '42501', null, 'staff may not say so');
reset role;

select * from finish();
rollback;
