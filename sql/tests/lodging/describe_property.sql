begin;
select plan(3);

-- What a property's page shows is tried through get_property_detail; here is what a page cannot ask.
select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select is(lodging.describe_property(p), api.get_property_detail('house', 'URB'), 'a property is described as on its page') from lodging.properties_map as p;
update lodging.properties_map set is_published = false, state = null;
update core.cities set state = 'SC', name = 'Urubici' where code = 'URB';
select is(lodging.describe_property(p) -> 'location', '{"address": null, "city": "Urubici", "state": "SC", "lat": null, "lng": null}',
  'also one that is not published; a property without a state is in that of its city') from lodging.properties_map as p;
select is(lodging.describe_property(p) -> 'similar_properties', '[]', 'where there is no other, none is similar') from lodging.properties_map as p;

select * from finish();
rollback;
