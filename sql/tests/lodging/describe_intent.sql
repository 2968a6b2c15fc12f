begin;
select plan(7);

select is(lodging.public_status(s.status), case s.status when 'converted' then 'payment_confirmed' else s.status::text end, 'guests are told: ' || s.status)
from unnest(enum_range(null::lodging.booking_intent_status)) as s (status);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.hold('ana');
select is(lodging.describe_intent(tests.intent('ana'), 'mine') - array['booking_intent_id', 'price_breakdown'],
  '{"session_id": "mine", "status": "intent_created", "expires_at": "2030-05-01T12:15:00+00:00", "total_amount": 30000, "currency": "BRL"}',
  'an intent is described without its secrets');

select * from finish();
rollback;
