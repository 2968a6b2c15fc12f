begin;
select plan(7);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
insert into lodging.properties_map (city_id, city_code, slug, name, property_type, rating, is_published)
select c.id, c.code, p.slug, p.slug, p.kind, p.rating, p.slug <> 'hidden'
from core.cities as c
cross join (values ('inn', 'pousada', 3), ('castle', 'castle', 5), ('hut', 'cabin', 4), ('lodge', 'cabin', 2), ('barn', 'farm', 1), ('hidden', 'pousada', 5)) as p (slug, kind, rating)
where c.code = 'URB';
update lodging.properties_map set description = 'A house.', address = 'Road 1', lat = -28, lng = -49.5, images = '{a.jpg}' where slug = 'house';

-- a guest
select tests.as_anon();
select is(api.get_property_detail('house', 'URB'), jsonb_build_object(
  'id', tests.id('house'), 'slug', 'house', 'name', 'House', 'property_type', 'pousada', 'description', 'A house.',
  'location', '{"address": "Road 1", "city": "URB", "state": "SC", "lat": -28, "lng": -49.5}'::jsonb,
  'rating', 4.5, 'review_count', 10, 'images', '["a.jpg"]'::jsonb, 'amenities', '["wifi", "parking"]'::jsonb,
  'policies', '{"check_in": "14:00", "check_out": "11:00", "cancellation": "Free of charge until 48 hours before check-in; after that half is refunded."}'::jsonb,
  'unit_types', jsonb_build_array(
    jsonb_build_object('id', tests.id('double'), 'name', 'Double', 'room_type', 'double', 'max_guests', 2, 'max_adults', 2, 'max_children', 1),
    jsonb_build_object('id', tests.id('family'), 'name', 'Family', 'room_type', 'family', 'max_guests', 4, 'max_adults', 3, 'max_children', 2)),
  'similar_properties', '["inn", "castle", "hut", "lodge"]'::jsonb), 'a page has all of a property, and four more: of its type first, then the best');
select tests.throws_code($$select api.get_property_detail('hidden', 'URB')$$, 'NOT_FOUND', 'what is not published has no page');
select tests.throws_code($$select api.get_property_detail('house', 'SAO')$$, 'NOT_FOUND', 'nor has it one in another city');
select tests.throws_code($$select api.get_property_detail(null, 'URB')$$, 'MISSING_REQUIRED_FIELD');
select tests.throws_code($$select api.get_property_detail('house')$$, 'MISSING_REQUIRED_FIELD');

reset role;
update lodging.unit_map set is_active = false;
insert into lodging.cancellation_policies (city_code, property_id, policy_type) values ('URB', tests.id('house'), 'strict');
select tests.as_anon();
select is(api.get_property_detail('house', 'URB') -> 'unit_types', '[]', 'units that are not sold are not shown');
select is(api.get_property_detail('house', 'URB') #>> '{policies,cancellation}', 'strict', 'terms without a text go by their name');

reset role;
select * from finish();
rollback;
