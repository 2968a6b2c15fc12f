begin;
select plan(4);

select tests.freeze_time('2030-05-01 02:00+00');
update core.settings set value = '0.12' where key = 'lodging.commission_rate';
insert into core.cities (code, name, timezone) values ('URB', 'Urubici', 'America/Sao_Paulo');

select results_eq(
  'select t.property_id, t.commission_rate, t.effective_from, t.effective_to, t.is_active from lodging.commission_tiers as t',
  $$values (null::uuid, 0.1200, '2030-04-30'::date, null::date, true)$$, 'a new city has the default commission, from its own today on');
select results_eq(
  $$select c.property_id, c.policy_type::text, c.free_cancellation_hours, c.refund_percentage_before, c.refund_percentage_after
    from lodging.cancellation_policies as c$$,
  $$values (null::uuid, 'moderate', 48, 100, 50)$$, 'and moderate cancellation terms');
select throws_ok($$insert into lodging.cancellation_policies (city_code) values ('URB')$$, '23505', null, 'a city has one set of terms at a time');

select throws_ok($$select lodging.on_city_added('URB')$$, '23505', null, 'so that it is added once');
select * from finish();
rollback;
