-- The demo city: Urubici in the highlands of Santa Catarina, twelve properties with two to four unit types each,
-- 120 nights from today. Loaded into a deployed database; loading it twice fails.
insert into core.cities (code, name, state, timezone, currency) values ('URB', 'Urubici', 'SC', 'America/Sao_Paulo', 'BRL');

insert into integrations.city_site_mappings (city_id, city_code, site_id, site_slug, portal_base_url)
select id, code, '5e1f0c6a-6d0f-4c3e-9b53-0d8a52f1a001', 'urubici', 'https://urubici.example' from core.cities where code = 'URB';

with owner as (
  insert into payments.payees (kind, city_code, name, stripe_account_id, payouts_enabled) values
    ('owner', 'URB', 'Marlene Hoffmann', 'acct_marlene', true), ('owner', 'URB', 'Valdir Schlichting', 'acct_valdir', true),
    ('owner', 'URB', 'Família Oselame', null, false) -- paid by hand
  returning id, name
)
insert into lodging.property_owners (id, city_code, email, first_name, last_name)
select id, 'URB',
  case name when 'Marlene Hoffmann' then 'marlene@hoffmann.example' when 'Valdir Schlichting' then 'valdir@schlichting.example'
    else 'contato@oselame.example' end,
  split_part(name, ' ', 1), split_part(name, ' ', 2)
from owner;

insert into lodging.properties_map (
  city_id, city_code, host_property_id, slug, name, property_type, description, address, lat, lng, images, amenities,
  payee_id, rating, review_count, is_published, is_featured)
select c.id, c.code, 'host-' || p.slug, p.slug, p.name, p.property_type, p.description, p.address, p.lat, p.lng,
  array['https://images.urubici.example/' || p.slug || '/1.jpg', 'https://images.urubici.example/' || p.slug || '/2.jpg'],
  p.amenities, o.id, p.rating, p.review_count, true, p.is_featured
from core.cities as c
cross join (values
  ('pousada-morro-da-igreja', 'Pousada Morro da Igreja', 'pousada', 'Quartos com lareira ao pé do Morro da Igreja.', 'Estrada do Morro da Igreja, km 9', -28.0912, -49.4987, '{wifi,breakfast,fireplace,parking}'::text[], 4.80, 212, true, 'marlene@hoffmann.example'),
  ('chales-serra-do-corvo-branco', 'Chalés Serra do Corvo Branco', 'chalet', 'Chalés de madeira na subida da serra.', 'SC-370, km 312', -28.0573, -49.3701, '{wifi,fireplace,kitchen,parking}', 4.70, 148, true, 'marlene@hoffmann.example'),
  ('pousada-cascata-do-avencal', 'Pousada Cascata do Avencal', 'pousada', 'A cinco minutos da cascata, com café colonial.', 'Rodovia SC-110, km 388', -28.0401, -49.6010, '{wifi,breakfast,parking}', 4.50, 96, false, 'marlene@hoffmann.example'),
  ('fazenda-rio-canoas', 'Fazenda Rio Canoas', 'farm', 'Fazenda de gado com cavalgadas e pesca.', 'Linha Rio Canoas, s/n', -27.9721, -49.5210, '{breakfast,horses,fishing,parking,pets}', 4.60, 75, false, 'valdir@schlichting.example'),
  ('refugio-campo-dos-padres', 'Refúgio Campo dos Padres', 'cabin', 'Cabanas no caminho do Campo dos Padres.', 'Estrada Campo dos Padres, km 21', -27.9433, -49.3422, '{fireplace,kitchen,pets}', 4.90, 58, true, 'valdir@schlichting.example'),
  ('hotel-araucaria', 'Hotel Araucária', 'hotel', 'Hotel no centro, perto de tudo.', 'Av. Adolfo Konder, 1450', -28.0147, -49.5921, '{wifi,breakfast,parking,accessible}', 4.10, 301, false, 'valdir@schlichting.example'),
  ('chale-pedra-furada', 'Chalé Pedra Furada', 'chalet', 'Um chalé com vista para a Pedra Furada.', 'Estrada Pedra Furada, 77', -28.1210, -49.4811, '{wifi,fireplace,kitchen,hot_tub}', 4.95, 41, false, 'valdir@schlichting.example'),
  ('pousada-das-hortensias', 'Pousada das Hortênsias', 'pousada', 'Jardim de hortênsias e biblioteca.', 'Rua Boanerges Pereira, 220', -28.0188, -49.5877, '{wifi,breakfast,pets,parking}', 4.40, 133, false, 'contato@oselame.example'),
  ('cabanas-rio-dos-bugres', 'Cabanas Rio dos Bugres', 'cabin', 'Cabanas à beira do rio.', 'Estrada Rio dos Bugres, km 4', -28.0344, -49.6499, '{kitchen,fireplace,fishing,parking}', 4.30, 64, false, 'contato@oselame.example'),
  ('casa-do-cambuim', 'Casa do Cambuim', 'house', 'Casa inteira para famílias.', 'Rua do Cambuim, 12', -28.0099, -49.6012, '{wifi,kitchen,parking,pets}', 4.20, 29, false, 'contato@oselame.example'),
  ('vila-das-macieiras', 'Vila das Macieiras', 'house', 'Casas entre pomares de maçã.', 'Linha Águas Brancas, 350', -28.0712, -49.6744, '{wifi,kitchen,fireplace,parking}', 4.65, 87, false, 'contato@oselame.example'),
  ('pousada-inverno-branco', 'Pousada Inverno Branco', 'pousada', 'Onde a neve chega primeiro.', 'SC-110, km 401', -28.0560, -49.5533, '{wifi,breakfast,fireplace,accessible}', 4.00, 172, false, 'contato@oselame.example')
) as p (slug, name, property_type, description, address, lat, lng, amenities, rating, review_count, is_featured, owner_email)
join lodging.property_owners as o on o.email = p.owner_email
where c.code = 'URB';

insert into lodging.property_owner_mappings (property_id, owner_id, is_primary)
select id, payee_id, true from lodging.properties_map where city_code = 'URB';

insert into lodging.unit_map (property_id, city_code, host_unit_id, name, room_type, max_guests, max_adults, max_children)
select p.id, p.city_code, 'host-' || p.slug || '-' || u.room_type, u.name, u.room_type, u.max_guests, u.max_adults, u.max_children
from (select *, row_number() over (order by slug) as number from lodging.properties_map where city_code = 'URB') as p
join (values
  (1, 'Quarto casal', 'double', 2, 2, 1),
  (2, 'Quarto família', 'family', 4, 3, 2),
  (3, 'Suíte com lareira', 'suite', 2, 2, 1),
  (4, 'Chalé', 'chalet', 6, 4, 4)
) as u (number, name, room_type, max_guests, max_adults, max_children) on u.number <= 2 + p.number % 3;

-- In the order of search: by night, so that a stay's rows of a city lie together.
insert into lodging.availability_calendar (
  unit_id, date, city_code, property_id, max_guests, allotment, base_price, discounted_price, currency, min_stay)
select u.id, d.date::date, u.city_code, u.property_id, u.max_guests,
  case u.room_type when 'chalet' then 1 when 'suite' then 1 else 2 end,
  n.price, case when extract(isodow from d.date) in (1, 2, 3) then n.price * 9 / 10 end, 'BRL', 1
from lodging.unit_map as u
join lodging.properties_map as p on p.id = u.property_id
cross join generate_series(core.today('URB'), core.today('URB') + 119, interval '1 day') as d (date)
cross join lateral (
  select (case u.room_type when 'double' then 28000 when 'family' then 42000 when 'suite' then 51000 else 69000 end
    * p.rating / 4 * case when extract(isodow from d.date) in (5, 6) then 1.3 else 1 end)::bigint / 100 * 100 as price
) as n
where u.city_code = 'URB'
order by u.city_code, d.date, u.id;
analyze lodging.availability_calendar;
