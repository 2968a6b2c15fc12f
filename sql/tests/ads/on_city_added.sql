begin;
select plan(2);

insert into core.cities (code, name, timezone) values ('URB', 'Urubici', 'America/Sao_Paulo');
select results_eq(
  'select s.city_code, s.slot_code, s.slot_name, s.page_type, s.position, s.max_advertisers, s.is_active from ads.ads_slots as s',
  $$values ('URB', 'homepage_hero', 'Homepage Hero Banner', 'home', 'top', 1, true)$$, 'a new city has a place for one ad on its home page');
select throws_ok($$select ads.on_city_added('URB')$$, '23505', null, 'once');

select * from finish();
rollback;
