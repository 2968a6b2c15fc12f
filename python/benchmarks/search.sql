-- A city of 800 properties with four units each, and one of a tenth: 120 nights from today, in the order of search.
insert into core.cities (code, name, timezone) values ('BIG', 'Big', 'America/Sao_Paulo'), ('TNY', 'Tiny', 'America/Sao_Paulo');
insert into lodging.properties_map (
  city_id, city_code, slug, name, property_type, amenities, rating, review_count, images, is_published, is_featured)
select c.id, c.code, 'property-' || g.i, 'Property ' || g.i, (array['pousada', 'hotel', 'cabin', 'chalet', 'house'])[1 + g.i % 5],
  (array['wifi', 'breakfast', 'parking', 'fireplace', 'kitchen', 'pets', 'pool'])[1 + g.i % 4:4 + g.i % 4],
  3 + g.i % 20 / 10.0, g.i * 7 % 400, array['https://images.example/' || g.i || '.jpg'], true, g.i % 50 = 0
from core.cities as c
cross join generate_series(1, 800) as g (i)
where c.code = 'BIG' or (c.code = 'TNY' and g.i <= 80);
insert into lodging.unit_map (property_id, city_code, name, room_type, max_guests, max_adults, max_children)
select p.id, p.city_code, u.name, u.name, u.guests, u.guests, u.guests
from lodging.properties_map as p
cross join (values ('double', 2), ('twin', 2), ('family', 4), ('suite', 3)) as u (name, guests);
insert into lodging.availability_calendar (
  unit_id, date, city_code, property_id, max_guests, allotment, bookings_count, base_price, discounted_price, currency)
select u.id, core.today(u.city_code) + g.i, u.city_code, u.property_id, u.max_guests, 2,
  case when hashtext(u.id::text || g.i) % 4 = 0 then 2 else 0 end, 20000 + abs(hashtext(u.id::text)) % 300 * 100,
  case when g.i % 7 < 3 then 19000 end, 'BRL'
from lodging.unit_map as u
cross join generate_series(0, 119) as g (i)
order by u.city_code, g.i, u.id;
