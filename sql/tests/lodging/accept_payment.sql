begin;
select plan(13);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.hold('ana', 'family', 10), tests.hold('bia', 'family', 10), tests.hold('carla', 'family', 10);
select tests.start_stay('ana'), tests.start_stay('bia'), tests.start_stay('carla');
create function pg_temp.captured(p_name text, p_changes text default 'amount_captured = amount') returns uuid language plpgsql as $$
begin
  execute format('update payments.payments set status = ''succeeded'', %s where id = %L', p_changes, (tests.stay_payment(p_name)).id);
  return (tests.stay_payment(p_name)).id;
end $$;
create function pg_temp.accept(p_name text, p_payment_id uuid) returns text language sql as $$
  select lodging.accept_payment((tests.intent(p_name)).id, p_payment_id)
$$;
create function pg_temp.mismatch(p_name text, p_payment_id uuid) returns text language sql as $$
  select lodging.payment_mismatch(tests.intent(p_name), p_payment_id)
$$;

select is(pg_temp.mismatch('ana', tests.id('x')), 'there is no such payment', 'a payment must be there');
select is(pg_temp.mismatch('ana', (tests.stay_payment('ana')).id), 'amount or currency differ', 'and have captured the whole amount');
select is(pg_temp.mismatch('ana', pg_temp.captured('bia')), 'it belongs to another booking', 'of this booking');
select is(pg_temp.mismatch('carla', pg_temp.captured('carla', 'amount_captured = amount, currency = ''USD''')), 'amount or currency differ', 'in its currency');
select is(pg_temp.mismatch('bia', (tests.stay_payment('bia')).id), '', 'then it fits');

select is(pg_temp.accept('ana', (tests.stay_payment('ana')).id), 'unfulfillable', 'a payment that does not fit is not accepted');
select is((select e.detail ->> 'mismatch' from core.exceptions as e where e.booking_id = (tests.intent('ana')).id), 'amount or currency differ', 'and goes before a person');
select is((tests.intent('ana')).status, 'payment_pending', 'the guest may still pay');
select is(pg_temp.accept('bia', (tests.stay_payment('bia')).id), 'accepted', 'one that fits is');
select is(pg_temp.accept('bia', (tests.stay_payment('bia')).id), 'accepted', 'twice as well as once');
select is((select count(*) from lodging.reservations), 1::bigint, 'it makes one reservation');
select tests.throws_code($$select lodging.confirm_intent(tests.intent('bia'))$$, 'INVALID_TRANSITION', 'and no second one, whoever asks');

select is_empty('select tests.wrong_nights()', 'every counter is what the intents and reservations say');
select * from finish();
rollback;
