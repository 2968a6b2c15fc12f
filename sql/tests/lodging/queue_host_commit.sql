begin;
select plan(12);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
create function pg_temp.book(p_name text, p_first integer) returns void language plpgsql as $$
begin
  perform tests.hold(p_name, 'family', p_first, 2);
  perform tests.pay_stay(p_name);
end $$;
-- How the next try went: when the one after it is due, in seconds from now, and the reservation's status.
create function pg_temp.silence(p_name text) returns text language plpgsql as $$
declare
  v_wait text;
begin
  perform tests.host_says(p_name, 'lodging.commit_booking', null, retry => true);
  select extract(epoch from o.next_attempt_at - core.now())::integer::text into v_wait
  from core.outbox as o where o.topic = 'lodging.commit_booking' and o.booking_id = (tests.stay(p_name)).id and o.status = 'pending';
  return concat_ws(' ', v_wait, (tests.stay(p_name)).status);
end $$;

-- tries and waits
select pg_temp.book('ana', 1);
select is(pg_temp.silence('ana'), '1 host_commit_pending', 'after the first try it waits a second');
select is(pg_temp.silence('ana'), '2 host_commit_pending', 'after the second two');
select is(pg_temp.silence('ana'), 'refund_pending', 'the third was the last: the money goes back');
update core.settings set value = value || '{"max_attempts": 4}' where key = 'outbox.lodging.commit_booking';
delete from core.circuits;
select pg_temp.book('bia', 5);
select pg_temp.silence('bia'), pg_temp.silence('bia');
select is(pg_temp.silence('bia'), '4 host_commit_pending', 'where a fourth is allowed, four seconds after the third');
select is(pg_temp.silence('bia'), 'refund_pending', 'which is then the last');

-- an open circuit
select pg_temp.book('cid', 10);
select is(jsonb_array_length(core.claim_commands('w', array['lodging.commit_booking'], 10)), 1, 'four failures leave the Host be asked');
update core.outbox set claimed_until = core.now(), attempts = 0 where topic = 'lodging.commit_booking' and status = 'pending';
select core.note_provider('lodging.commit_booking', true);
select is(core.claim_commands('w', array['lodging.commit_booking', 'lodging.cancel_booking'], 10), '[]', 'after five it is left alone, also with cancellations');
select is((select o.attempts from core.outbox as o where o.booking_id = (tests.stay('cid')).id and o.topic = 'lodging.commit_booking'), 0, 'to wait is no try');
select tests.freeze_time('2030-05-01 12:09:59+00');
select is(lodging.tick_host_commit_timeouts(10), 0, 'a stay waits for the Host up to ten minutes');
select tests.freeze_time('2030-05-01 12:10:00+00');
select is(lodging.tick_host_commit_timeouts(10), 1, 'and no longer, whatever it waits for');
select is((tests.stay('cid')).status, 'refund_pending', 'then the money goes back');
select is((select string_agg(o.status, ' ' order by o.seq) from core.outbox as o
    where o.booking_id = (tests.stay('cid')).id and o.topic in ('lodging.commit_booking', 'lodging.cancel_booking')),
  'cancelled pending', 'and what the Host may have booked is cancelled when it is back');

set constraints all immediate;
select * from finish();
rollback;
