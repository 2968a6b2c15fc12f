begin;
select plan(13);

select tests.create_city('FLN'), tests.order_toy('stay'), tests.order_toy('held');
create temporary table cases as
select core.open_exception('odd', 'URB', tests.id('stay')) as here, core.open_exception('odd', 'FLN', null) as elsewhere;
grant select on cases to anon, authenticated, service_role;

select tests.as_staff('agent', 'URB');
select tests.throws_code($$select api.resolve_exception(null, 'done')$$, 'MISSING_REQUIRED_FIELD', 'a resolution is of a case');
select tests.throws_code($$select api.resolve_exception(c.here) from cases as c$$, 'MISSING_REQUIRED_FIELD', 'and says how it ended');
select tests.throws_code($$select api.resolve_exception(c.here, ' ') from cases as c$$, 'INVALID_PARAMETER', 'in words');
select tests.throws_code($$select api.resolve_exception(c.elsewhere, 'done') from cases as c$$, 'FORBIDDEN', 'an agent resolves no case of another city');
select tests.throws_code($$select api.resolve_exception(tests.id('no case'), 'done')$$, 'FORBIDDEN', 'and does not learn which cases there are');
select is(api.resolve_exception(c.here, ' called the guest ') - array['id', 'resolved_at'],
  jsonb_build_object('kind', 'odd', 'booking_id', tests.id('stay'), 'resolved_by', tests.staff('agent', 'URB')::text, 'resolution', 'called the guest'),
  'an agent resolves a case of his city')
from cases as c;
select is(api.resolve_exception(c.here, 'something else') ->> 'resolution', 'called the guest', 'what has ended keeps its end') from cases as c;
reset role;
select results_eq($$select l.event_type, l.actor_type from audit.audit_logs as l, cases as c where l.entity_id = c.here and l.event_type = 'exception.updated'$$,
  $$values ('exception.updated', 'authenticated')$$, 'the audit log knows who did it');

select tests.create_supabase_user('ada');
select tests.authenticate_as('ada');
select tests.throws_code($$select api.resolve_exception(c.elsewhere, 'done') from cases as c$$, 'FORBIDDEN', 'a customer resolves nothing');
select tests.as_anon('a-guest-of-sixteen');
select throws_ok($$select api.resolve_exception(tests.id('no case'), 'done')$$, '42501', null, 'nor does a guest');
select tests.authenticate_as_service_role();
select tests.throws_code($$select api.resolve_exception(tests.id('no case'), 'done')$$, 'NOT_FOUND', 'what is no case is not found');
select is(api.resolve_exception(c.elsewhere, 'by a job') ->> 'resolved_by', 'service_role', 'the system resolves any') from cases as c;

reset role;
select core.open_exception('refund_failed', 'URB', tests.id('held'));
select core.resolve_exception(x.id, 'the account is closed') from core.exceptions as x where x.booking_id = tests.id('held');
select is(payments.is_payout_held(tests.id('held')), false, 'a refund that is given up holds no payout any more');

select * from finish();
rollback;
