begin;
-- lodging.erase_traveler, core.on_booking_erased, payments.on_booking_erased, notifications.on_booking_erased, integrations.on_booking_erased
select plan(27);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.create_supabase_user('ana');
create function pg_temp.person(p_name text) returns jsonb language sql as $$
  select jsonb_build_object('first_name', 'Zz' || p_name, 'last_name', 'Qqsson', 'email', 'zz' || p_name || '@mail.example', 'phone', '+5599912345')
$$;
create function pg_temp.book(p_name text, p_first integer) returns void language plpgsql as $$
begin
  perform tests.hold(p_name, 'family', p_first, 2, traveler => pg_temp.person(p_name));
  reset role;
  perform tests.pay_stay(p_name);
  perform tests.host_says(p_name, 'lodging.commit_booking', jsonb_build_object('host_booking_id', 'H-' || p_name, 'guest', pg_temp.person(p_name)));
end $$;
-- Where something of the person is still found, in any row of any table of ours; the user's own row is not ours.
create function pg_temp.traces(p_text text) returns text language plpgsql as $$
declare
  v_table regclass;
  v_found boolean;
  v_tables text[] := '{}';
begin
  for v_table in
    select c.oid::regclass from pg_class as c join core.modules as m on m.name = c.relnamespace::regnamespace::text
    where c.relkind in ('r', 'p') order by 1
  loop
    execute format('select exists (select from %s as t where t::text ilike %L)', v_table, '%' || p_text || '%') into v_found;
    if v_found then
      v_tables := v_tables || v_table::text;
    end if;
  end loop;
  return nullif(array_to_string(v_tables, ' '), '');
end $$;

select tests.authenticate_as('ana');
select pg_temp.book('ana', 1);
select tests.as_anon();
select pg_temp.book('bia', 1);
select api.host_webhook_receiver('booking.updated', core.now(),
  jsonb_build_object('host_booking_id', 'H-' || n, 'reservation_id', (tests.stay(n)).id, 'guest', pg_temp.person(n)), 's', 'w-' || n)
from unnest(array['ana', 'bia']) as n;
update payments.payments as p set gateway_response = jsonb_build_object('receipt_email', b.email), failure_message = b.email
from (select (tests.stay_payment(n)).id, 'zz' || n || '@mail.example' as email from unnest(array['ana', 'bia']) as n) as b where p.id = b.id;
update notifications.notification_outbox set body = 'Hi Zzana' where booking_id = (tests.stay('ana')).id and status = 'pending';
create table pg_temp.ids as
select (tests.stay('ana')).id as ana, (tests.stay('ana')).traveler_id, (tests.stay('bia')).traveler_id as bia_traveler, (tests.stay('bia')).id as bia;
grant select on pg_temp.ids to public;
select isnt(pg_temp.traces('zzana'), null, 'a guest leaves traces');
select is(pg_temp.traces('5599912345') like '%core.outbox%' and pg_temp.traces('5599912345') like '%host_webhook_events%', true, 'also in what was sent and received');

-- who may
select tests.as_anon();
select throws_ok('select api.erase_traveler()', '42501', null, 'a guest without an account asks support');
select tests.as_staff('agent', 'URB');
select tests.throws_code('select api.erase_traveler((select traveler_id from pg_temp.ids))', 'NOT_FOUND', 'an agent may not');
select tests.as_staff('admin', 'URB');
select tests.throws_code('select api.erase_traveler((select traveler_id from pg_temp.ids))', 'NOT_FOUND', 'nor the admin of one city');
select tests.authenticate_as('ana');
select tests.throws_code('select api.erase_traveler((select bia_traveler from pg_temp.ids))', 'NOT_FOUND', 'nobody erases another');
select tests.throws_code('select api.erase_traveler()', 'INVALID_TRANSITION', 'a stay to come needs its guest');
reset role;
select is((select t.first_name from lodging.travelers as t join pg_temp.ids as i on i.traveler_id = t.id), 'Zzana', 'and nothing is erased then');

-- the traveler himself
select lodging.on_host_event('checkout.completed', '{"host_booking_id": "H-ana"}');
select tests.authenticate_as('ana');
select is(api.erase_traveler(), (select jsonb_build_object('traveler_id', i.traveler_id, 'bookings', 1) from pg_temp.ids as i), 'afterwards the traveler himself may');
select is((select count(*) from api.reservations), 0::bigint, 'the stay is nobody''s now');
select tests.throws_code('select api.erase_traveler()', 'NOT_FOUND', 'nor is there a traveler of that account');
reset role;
select is(pg_temp.traces('zzana'), null, 'no table knows the name or address any more');
select is((select count(*) from payments.orders as o where o.customer_subject = tests.get_supabase_uid('ana')::text), 0::bigint, 'nor an order the account');
select ok((select b.session_id = o.session_hash and o.session_hash <> encode(sha256(convert_to(tests.session('ana'), 'UTF8')), 'hex')
  from payments.orders as o join lodging.booking_intents as b on b.id = o.id join pg_temp.ids as i on i.ana = o.id), 'nor the session');
select results_eq($$select r.status::text, r.total_amount from lodging.reservations as r join pg_temp.ids as i on i.ana = r.id$$,
  $$values ('checked_out', 30000::bigint)$$, 'the stay itself is as it was');
select is((select string_agg(distinct n.status::text, ' ') from notifications.notification_outbox as n join pg_temp.ids as i on i.ana = n.booking_id), 'cancelled',
  'messages that waited are called off');
select isnt_empty($$select from audit.audit_logs as l join pg_temp.ids as i on i.traveler_id = l.entity_id where l.event_type = 'traveler.erased'$$, 'that it was done is recorded');
select is(pg_temp.traces('zzbia') like '%lodging.travelers%', true, 'others are not touched');
select is(pg_temp.traces('5599912345') like '%core.outbox%', true, 'nor what was sent about them');

-- the house goes on
select tests.freeze_time('2030-05-20 12:00+00');
select is(lodging.tick_complete_stays(10), 1, 'the stay is completed');
select is((select count(*) from core.exceptions as x where x.kind = 'lodging_job_failed'), 0::bigint, 'without trouble');
select is(ledger.verify() -> 'violations', '[]', 'the books are in order');

-- an administrator
select lodging.on_host_event('checkout.completed', '{"host_booking_id": "H-bia"}');
select tests.as_staff('admin');
select is(api.erase_traveler((select bia_traveler from pg_temp.ids)) -> 'bookings', '1', 'an administrator erases who asked for it');
select is(api.erase_traveler((select bia_traveler from pg_temp.ids)) -> 'bookings', '1', 'again is as good as once');
select tests.throws_code($$select api.erase_traveler(core.new_id())$$, 'NOT_FOUND', 'a traveler who is none is unknown')
from (select set_config('role', 'none', true)) as r;
reset role;
select is(pg_temp.traces('zzbia'), null, 'of her nothing is left either');
select is(pg_temp.traces('5599912345'), null, 'nor the number of both');

set constraints all immediate;
select * from finish();
rollback;
