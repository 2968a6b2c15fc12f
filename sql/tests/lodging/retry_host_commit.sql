begin;
select plan(9);

select tests.create_lodging(), tests.create_city('FLN');
select tests.as_anon();
select tests.hold('ana', 'family');
reset role;
select tests.pay_stay('ana');
select tests.host_says('ana', 'lodging.commit_booking', null, true);
create function pg_temp.commits() returns text language sql as $$
  select string_agg(o.status || ' ' || (o.next_attempt_at <= core.now()), ', ' order by o.seq)
  from core.outbox as o where o.booking_id = (tests.stay('ana')).id and o.topic = 'lodging.commit_booking'
$$;
select is(pg_temp.commits(), 'pending false', 'the Host is asked again after a while');

select tests.as_staff('agent', 'URB');
select tests.throws_code('select api.retry_host_commit()', 'MISSING_REQUIRED_FIELD', 'a stay is named');
select is(api.retry_host_commit((tests.stay('ana')).id) ->> 'status', 'host_commit_pending', 'an agent need not wait');
reset role;
select is(pg_temp.commits(), 'pending true', 'it is asked now');
select core.call_off_commands('lodging.commit_booking', (tests.stay('ana')).id);
select lodging.retry_host_commit((tests.stay('ana')).id);
select is(pg_temp.commits(), 'cancelled true, pending true', 'where nothing waits a commit is queued');

select tests.as_staff('agent', 'FLN');
select tests.throws_code($$select api.retry_host_commit((tests.stay('ana')).id)$$, 'FORBIDDEN', 'an agent of another city does not');
select tests.as_anon(tests.session('ana'));
select throws_ok($$select api.retry_host_commit((tests.stay('ana')).id)$$, '42501', null, 'nor does the guest');
select tests.authenticate_as_service_role();
select tests.throws_code($$select api.retry_host_commit(tests.id('none'))$$, 'NOT_FOUND', 'what is no stay is not found');
reset role;
select lodging.confirm_reservation(tests.stay('ana'), 'H1');
select tests.throws_code($$select lodging.retry_host_commit((tests.stay('ana')).id)$$, 'INVALID_TRANSITION', 'what is booked is not booked again');
select * from finish();
rollback;
