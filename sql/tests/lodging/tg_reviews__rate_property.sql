begin;
select plan(9);

select tests.create_lodging();
insert into lodging.properties_map (id, city_id, city_code, slug, name, property_type)
select tests.id('barn'), c.id, c.code, 'barn', 'Barn', 'pousada' from core.cities as c where c.code = 'URB';
create function pg_temp.review(p_name text, p_rating integer, p_is_published boolean default true) returns void language sql as $$
  insert into lodging.reviews (id, city_code, property_id, overall_rating, content, is_published)
  values (tests.id(p_name), 'URB', tests.id('house'), p_rating, p_name, p_is_published)
$$;
create function pg_temp.rating(p_property text default 'house') returns text language sql volatile as
  $$select p.rating || ' of ' || p.review_count from lodging.properties_map as p where p.id = tests.id(p_property)$$;

select pg_temp.review('good', 5, false);
select is(pg_temp.rating(), '4.50 of 10', 'a review that is not published changes nothing');
update lodging.reviews set is_published = true;
select is(pg_temp.rating(), '5.00 of 1', 'a rating is that of the reviews which are');
select pg_temp.review('fair', 4), pg_temp.review('poor', 2);
select is(pg_temp.rating(), '3.67 of 3', 'the mean of all');
update lodging.reviews set is_published = false where id = tests.id('poor');
select is(pg_temp.rating(), '4.50 of 2', 'what is taken back does not count');
update lodging.reviews set overall_rating = 3 where id = tests.id('fair');
select is(pg_temp.rating(), '4.00 of 2', 'what is changed counts anew');
update lodging.reviews set property_id = tests.id('barn') where id = tests.id('fair');
select is(pg_temp.rating() || ', ' || pg_temp.rating('barn'), '5.00 of 1, 3.00 of 1', 'for the property it is about');
delete from lodging.reviews where property_id = tests.id('house');
select is(pg_temp.rating(), '0.00 of 0', 'without reviews there is no rating');
select is(pg_temp.rating('barn'), '3.00 of 1', 'others keep theirs');
select has_trigger('lodging', 'reviews', '_500_rate_property', 'tg_reviews__rate_property sees to it, for every writer');

select * from finish();
rollback;
