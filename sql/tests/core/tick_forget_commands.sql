begin;
select plan(9);

-- core.tick_forget_commands, payments.tick_forget_stripe_events, integrations.tick_forget_host_events
insert into core.cities (code, name, timezone) values ('URB', 'Urubici', 'America/Sao_Paulo');
insert into core.outbox (topic, queue_key, city_code, payload) select 'toy.send', g, 'URB', '{"email": "x"}' from unnest(array['a', 'b', 'c', 'd']) as g;
update core.outbox set status = 'done', finished_at = clock_timestamp(), response = '{"email": "x"}' where queue_key in ('a', 'b');
update core.outbox set status = 'dead', finished_at = clock_timestamp() where queue_key = 'c';
insert into payments.stripe_events (event_id, type, livemode, created, payload, status)
select 'evt_' || s, 'x', false, now(), '{"email": "x"}', 'received' from unnest(array['processed', 'failed']) as s;
update payments.stripe_events set status = substr(event_id, 5);
insert into integrations.host_webhook_events (webhook_id, event_type, payload, processed, processed_at) values
  ('w1', 'x', '{"email": "x"}', true, now()), ('w2', 'x', '{"email": "x"}', false, null);

select tests.freeze_time(now() + interval '179 days');
select is(core.tick_forget_commands(10) + payments.tick_forget_stripe_events(10) + integrations.tick_forget_host_events(10), 0, 'what is young is kept');
select tests.freeze_time(now() + interval '181 days');
select is(core.tick_forget_commands(1), 1, 'old commands that are done are forgotten, in batches');
select is(core.tick_forget_commands(10), 1, 'all of them');
select is(core.tick_forget_commands(10), 0, 'once');
select results_eq($$select o.queue_key, o.payload, o.response from core.outbox as o where o.forgotten_at is not null order by 1$$,
  $$values ('a', '{}'::jsonb, null::jsonb), ('b', '{}', null)$$, 'they say nothing any more; those that may still be sent do');
select is(payments.tick_forget_stripe_events(10), 1, 'events of Stripe that are processed are forgotten');
select results_eq($$select e.event_id from payments.stripe_events as e where e.payload = '{}'$$, $$values ('evt_processed')$$, 'not those that must be tried again');
select is(integrations.tick_forget_host_events(10), 1, 'webhooks of the Host likewise');
select results_eq($$select e.webhook_id from integrations.host_webhook_events as e where e.payload = '{}'$$, $$values ('w1')$$, 'not those that failed');

select * from finish();
rollback;
