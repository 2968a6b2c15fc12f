-- Guests ana and bruno, customers carla and dora, two cities, and stays in every state. What arguments can name is listed in
-- tests.things, with whose it is and in which city.
select tests.create_lodging();
select tests.create_city('FLN');
insert into lodging.properties_map (id, city_id, city_code, host_property_id, slug, name, property_type, is_published)
select tests.id('inn'), c.id, c.code, 'host-inn', 'inn', 'Inn', 'hotel', true from core.cities as c where c.code = 'FLN';
insert into lodging.unit_map (id, property_id, city_code, host_unit_id, name, room_type, max_guests, max_adults, max_children)
values (tests.id('attic'), tests.id('inn'), 'FLN', 'host-attic', 'Attic', 'single', 2, 2, 1);
insert into lodging.availability_calendar (unit_id, date, city_code, property_id, max_guests, allotment, base_price, currency)
select tests.id('attic'), tests.night(n), 'FLN', tests.id('inn'), 2, 5, 9000, 'BRL' from generate_series(0, 59) as n;
update lodging.availability_calendar set allotment = 50;
update core.settings set value = '{"per_session": 100, "per_address": 100}' where key = 'lodging.open_holds';
insert into access.user_roles (user_id, role, city_code)
select r.role || ' of ' || c.code, r.role, c.code
from unnest(array['agent', 'city_admin']) as r (role) cross join unnest(array['URB', 'FLN']) as c (code);

create table tests.stays (stay text, owner text, id uuid not null, primary key (owner, stay));

--- A guest, or a signed-in customer, holds nights.
create function tests.take(p_owner text, p_subject text, p_stay text, p_first_night integer)
returns void language plpgsql volatile as $$
declare
  v_intent jsonb;
begin
  perform tests.become(
    case when p_subject is null then 'anon' else 'authenticated' end, jsonb_strip_nulls(jsonb_build_object('sub', p_subject)));
  v_intent := tests.hold(p_owner, 'family', p_first_night, 2, traveler => '{"first_name": "Somebody", "email": "some@body.example"}');
  perform tests.become('none', '{}');
  insert into tests.stays values (p_stay, p_owner, (v_intent ->> 'booking_intent_id')::uuid);
end $$;

--- Its card payment goes as far as Stripe says.
create function tests.settle(p_owner text, p_stay text, p_status text) returns void language plpgsql volatile as $$
declare
  v_stay uuid := (select s.id from tests.stays as s where s.owner = p_owner and s.stay = p_stay);
  v_payment payments.payments;
begin
  insert into payments.payments (booking_id, city_code, method, provider, amount, currency)
  select o.id, o.city_code, 'stripe_card', 'stripe', o.amount, o.currency from payments.orders as o where o.id = v_stay
  returning * into v_payment;
  perform payments.tell_line(v_payment, 'started');
  perform payments.ingest_stripe_object(jsonb_build_object(
    'id', format('pi_%s_%s', p_owner, p_stay), 'object', 'payment_intent', 'status', p_status, 'livemode', false,
    'amount', v_payment.amount, 'currency', lower(v_payment.currency),
    'amount_received', case p_status when 'succeeded' then v_payment.amount else 0 end,
    'latest_charge', case p_status when 'succeeded' then format('ch_%s_%s', p_owner, p_stay) end,
    'metadata', jsonb_build_object('payment_id', v_payment.id)));
end $$;

do $$
declare
  v_states constant text[] := array['held', 'paying', 'paid', 'refunding', 'expired', 'cancelled', 'stayed'];
  v_owner record;
  v_number integer;
  v_status lodging.reservation_status;
begin
  for v_owner in
    select * from (values ('ana', null), ('bruno', null), ('carla', '5a6c1f52-0f5e-4c1a-9d55-3a4f0f3f6a10'), ('dora', 'user_2dora'))
      as o (name, subject)
  loop
    for v_number in 1 .. array_length(v_states, 1) loop
      perform tests.take(v_owner.name, v_owner.subject, v_states[v_number], 3 * v_number);
    end loop;
    perform tests.settle(v_owner.name, 'paying', 'requires_payment_method');
    perform tests.settle(v_owner.name, 'paid', 'succeeded');
    perform tests.settle(v_owner.name, 'refunding', 'succeeded');
    perform tests.settle(v_owner.name, 'stayed', 'succeeded');
  end loop;

  perform lodging.end_intent(i, s.stay::lodging.booking_intent_status)
  from tests.stays as s
  join lodging.booking_intents as i on i.id = s.id
  where s.stay in ('expired', 'cancelled');
  perform lodging.confirm_reservation(r, case s.stay when 'refunding' then 'h-' else 'stayed-' end || s.owner)
  from tests.stays as s join lodging.reservations as r on r.id = s.id where s.stay in ('refunding', 'stayed');

  -- Guests have been there. A refund of each did not arrive; bruno and dora have said how it was.
  perform payments.fail_refund(payments.request_refund(p.id, 500, 'customer_request', null, 'failing', null), 'lost_card', now())
  from payments.payments as p join tests.stays as s on s.id = p.booking_id where s.stay = 'stayed';
  foreach v_status in array array['checkin_pending', 'checked_in', 'checked_out']::lodging.reservation_status[] loop
    update lodging.reservations set status = v_status where id in (select s.id from tests.stays as s where s.stay = 'stayed');
  end loop;
  insert into lodging.reviews (city_code, reservation_id, property_id, overall_rating, content)
  select r.city_code, r.id, r.property_id, 4, 'Quiet.'
  from lodging.reservations as r join tests.stays as s on s.id = r.id where s.stay = 'stayed' and s.owner in ('bruno', 'dora');
  update core.outbox set status = 'done', finished_at = now()
  where booking_id in (select s.id from tests.stays as s where s.stay in ('refunding', 'stayed'));
  perform payments.request_refund(p.id, 1000, 'customer_request', null, 'key', null)
  from payments.payments as p join tests.stays as s on s.id = p.booking_id where s.stay = 'refunding';

  perform tests.create_campaign('lake'), tests.create_payee('olga');
  update payments.payees set stripe_account_id = 'acct_olga', payouts_enabled = true;
  perform tests.owe('toy horse', 'olga'), tests.owe('toy house', 'olga');
  update payments.payouts set scheduled_for = core.today('URB');
  perform tests.pay_out();
  update payments.payouts set status = 'failed' where booking_id = tests.id('toy horse');
  update core.outbox set status = 'dead', finished_at = now() where booking_id = tests.id('toy horse');

  -- Refunds of ana and carla are given up; of bruno and dora a worker is at them.
  perform core.fail_command(
    (c ->> 'id')::uuid, (c ->> 'claim_token')::uuid, '{"code": "NO_ANSWER"}', false, false)
  from jsonb_array_elements(core.claim_commands('worker', array['payments.create_refund'], 100)) as c
  join tests.stays as s on s.id = (c ->> 'booking_id')::uuid
  where s.owner in ('ana', 'carla');
  perform integrations.host_webhook_receiver(
    'booking.updated', now(), jsonb_build_object('host_booking_id', 'unknown', 'host_property_id', 'host-house'), 'signature');
  perform notifications.complete_notification((n ->> 'id')::uuid, (n ->> 'claim_token')::uuid, 'Hello', 'Hello.')
  from jsonb_array_elements(notifications.claim_notifications(array['email'], 100)) as n
  join notifications.notification_outbox as m on m.id = (n ->> 'id')::uuid
  join tests.stays as s on s.id = m.booking_id
  where s.stay = 'stayed';
  perform core.claim_commands('worker', array['payments.fetch_stripe_object'], 1);
  perform core.claim_commands('worker', array['lodging.commit_booking'], 1);
  perform core.claim_commands('worker', array['payments.create_transfer'], 1);
  perform integrations.sync_host('availability');
end $$;

--- Whatever an argument can name: ids, tokens, codes. Without owner and city it is everybody's.
create view tests.things as
  with stays as (select s.owner, s.stay, s.id, 'URB' as city from tests.stays as s)
  select s.stay || ' stay' as label, s.id::text as name, s.owner, s.city from stays as s
  union all
  select 'payment of a ' || s.stay || ' stay', p.id::text, s.owner, s.city
  from payments.payments as p join stays as s on s.id = p.booking_id
  union all
  select case r.status when 'failed' then 'failed refund' else 'refund' end, r.id::text, s.owner, s.city
  from payments.refunds as r join payments.payments as p on p.id = r.payment_id join stays as s on s.id = p.booking_id
  union all
  select format('%s command %s', case when o.claim_token is null then o.status else 'leased' end, o.topic), o.id::text, s.owner, s.city
  from core.outbox as o join stays as s on s.id = o.booking_id
  union all
  select 'claim of ' || o.topic, o.claim_token::text, 'the system', s.city
  from core.outbox as o join stays as s on s.id = o.booking_id where o.claim_token is not null
  union all
  select 'ledger entry', (min(e.id::text)), 'the books', s.city
  from ledger.ledger_entries as e join stays as s on s.id = e.booking_id where e.account = 'customer_deposits' group by s.city
  union all
  select p.status || ' payout', p.id::text, 'olga', p.city_code from payments.payouts as p
  union all
  select case s.stay when 'held' then 'traveler' else 'traveler who has stayed' end, t.id::text, s.owner, s.city
  from lodging.travelers as t join lodging.booking_intents as i on i.traveler_id = t.id join stays as s on s.id = i.id
  where s.stay in ('held', 'stayed')
  union all
  select 'exception', e.id::text, s.owner, s.city from core.exceptions as e join stays as s on s.id = e.booking_id
  union all
  select 'review', v.id::text, null, s.city from lodging.reviews as v join stays as s on s.id = v.reservation_id
  union all
  (select distinct on (s.owner) 'sent message', n.id::text, s.owner, s.city
  from notifications.notification_outbox as n join stays as s on s.id = n.booking_id where n.status = 'sent' order by s.owner, n.id)
  union all
  select t.label, t.name, 'the system', n.city_code
  from (select * from notifications.notification_outbox where claim_token is not null order by id limit 1) as n
  cross join lateral (values ('leased message', n.id::text), ('claim of a message', n.claim_token::text)) as t (label, name)
  union all
  select 'webhook of the Host', e.id::text, 'the Host', e.city_code from integrations.host_webhook_events as e
  union all
  select 'synchronisation', j.id::text, 'the system', null from integrations.sync_jobs as j
  union all
  select 'campaign', c.id::text, null, null from ads.ads_campaigns as c
  union all
  select 'session', tests.session(s.owner), null, null from stays as s group by s.owner
  union all
  select 'confirmation code', r.confirmation_code, s.owner, s.city
  from lodging.reservations as r join stays as s on s.id = r.id
  union all
  select 'city', c.code, null, c.code from core.cities as c
  union all
  select 'property ' || p.slug, p.id::text, null, null from lodging.properties_map as p
  union all
  select 'slug', p.slug, null, null from lodging.properties_map as p
  union all
  select 'unit ' || u.name, u.id::text, null, null from lodging.unit_map as u;
