begin;
select plan(31);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.create_supabase_user('olga'), tests.create_supabase_user('pia'), tests.create_supabase_user('agent'), tests.create_supabase_user('stranger');
insert into lodging.properties_map (id, city_id, city_code, slug, name, property_type, rating, review_count, is_published, is_featured, is_active, deleted_at, created_at)
select tests.id(p.slug), c.id, c.code, p.slug, initcap(p.slug), p.kind, p.rating, p.reviews, p.slug not like 'hidden%', p.slug = 'hut', p.slug <> 'closed',
  case p.slug when 'gone' then now() end, '2029-01-01'::timestamptz + p.age * interval '1 day'
from core.cities as c
cross join (values ('inn', 'pousada', 3, 90, 4), ('castle', 'castle', 5, 20, 3), ('hut', 'cabin', 4, 1, 2), ('closed', 'cabin', 5, 1, 1), ('gone', 'cabin', 5, 1, 1),
  ('hidden-one', 'cabin', 2, 0, 5), ('hidden-two', 'pousada', 1, 0, 6)) as p (slug, kind, rating, reviews, age)
where c.code = 'URB';
-- the house is shown by every test of lodging; here it is the oldest
update lodging.properties_map set created_at = '2028-01-01' where slug = 'house';
insert into payments.payees (id, kind, city_code, name)
select tests.id(n), 'owner', 'URB', n from unnest(array['olga', 'pia']) as n;
insert into lodging.property_owners (id, city_code, auth_user_id, email)
select tests.id(n), 'URB', tests.get_supabase_uid(n), n || '@owner.example' from unnest(array['olga', 'pia']) as n;
insert into lodging.property_owner_mappings (property_id, owner_id, ownership_percentage) values
  (tests.id('hidden-one'), tests.id('olga'), 50), (tests.id('hidden-one'), tests.id('pia'), 50), (tests.id('castle'), tests.id('pia'), 100);
insert into access.user_roles (user_id, role, city_code) values (tests.get_supabase_uid('agent')::text, 'agent', 'URB');
select tests.create_city('SAO');

create function pg_temp.list(p_changes jsonb default '{}') returns jsonb language sql as $$
  select api.get_property_list(r ->> 'city_code', r ->> 'property_type', (r ->> 'is_featured')::boolean, (r ->> 'is_published')::boolean, r -> 'pagination', r ->> 'sort')
  from (select '{"city_code": "URB"}' || p_changes as r) as request
$$;
create function pg_temp.listed(p_changes jsonb default '{}') returns text language sql as $$
  select string_agg(p ->> 'slug', ' ' order by n) from jsonb_array_elements(pg_temp.list(p_changes) -> 'properties') with ordinality as x (p, n)
$$;

-- a guest
select tests.as_anon();
select is(pg_temp.list('{"property_type": "castle"}') #> '{properties,0}', api.get_property_detail('castle', 'URB'), 'each property is shown as on its own page');
select is(pg_temp.list() -> 'pagination', '{"page": 1, "per_page": 20, "total": 4, "total_pages": 1}', 'a page has twenty');
select is(pg_temp.listed(c.changes), c.slugs, c.says)
from (values
  ('{}'::jsonb, 'hut inn castle house', 'featured ones come first, then those with most reviews'),
  ('{"sort": "popular"}', 'hut inn castle house', 'that order is called popular'),
  ('{"sort": "rating_desc"}', 'castle house hut inn', 'the best may come first'),
  ('{"sort": "name_asc"}', 'castle house hut inn', 'or the first in the alphabet'),
  ('{"sort": "newest"}', 'inn castle hut house', 'or the last that was added'),
  ('{"property_type": "pousada"}', 'inn house', 'those of one type'),
  ('{"property_type": "tent"}', null, 'there may be none'),
  ('{"is_featured": true}', 'hut', 'those that are featured'),
  ('{"is_featured": false}', 'inn castle house', 'or those that are not'),
  ('{"is_published": true}', 'hut inn castle house', 'those that are published'),
  ('{"is_published": false}', null, 'and no others, for a guest'),
  ('{"pagination": {"page": 2, "per_page": 3}}', 'house', 'the second page goes on after the first'),
  ('{"pagination": {"page": 9}}', null, 'a page beyond the last is empty'),
  ('{"city_code": "SAO"}', null, 'another city has others')
) as c (changes, slugs, says);
select is(pg_temp.list('{"pagination": {"page": 2, "per_page": 3}}') -> 'pagination', '{"page": 2, "per_page": 3, "total": 4, "total_pages": 2}', 'a page knows how many there are');
select is(pg_temp.list('{"is_published": false}') #>> '{pagination,total}', '0', 'a guest does not even learn how many are not published');

-- owners
select tests.authenticate_as('olga');
select is(pg_temp.listed('{"is_published": false}'), 'hidden-one', 'an owner sees what is hers and not published');
select is(pg_temp.listed(), 'hut inn castle house', 'and, unless she asks for it, what everybody sees');
select tests.authenticate_as('stranger');
select is(pg_temp.listed('{"is_published": false}'), null, 'a customer who owns nothing sees none');
reset role;
update lodging.property_owners set is_active = false where id = tests.id('pia');
select tests.authenticate_as('pia');
select is(pg_temp.listed('{"is_published": false}'), null, 'nor does an owner who is not active any more');

-- staff
select tests.authenticate_as('agent');
select is(pg_temp.listed('{"is_published": false}'), 'hidden-one hidden-two', 'an agent of the city sees all that is not published');
reset role;
update access.user_roles set city_code = 'SAO';
select tests.authenticate_as('agent');
select is(pg_temp.listed('{"is_published": false}'), null, 'one of another city does not');
select tests.authenticate_as_service_role();
select is(pg_temp.listed('{"is_published": false, "property_type": "cabin"}'), 'hidden-one', 'the system does');

-- errors
select tests.as_anon();
select tests.throws_code(format('select pg_temp.list(%L)', c.changes), c.code, c.says)
from (values
  ('{"city_code": null}', 'MISSING_REQUIRED_FIELD', 'a city is needed'),
  ('{"city_code": "XYZ"}', 'NOT_FOUND', 'one that there is'),
  ('{"sort": "price_asc"}', 'INVALID_PARAMETER', 'prices are those of a stay, and here there is none'),
  ('{"pagination": {"page": 0}}', 'INVALID_PARAMETER', 'pages begin with one'),
  ('{"pagination": {"per_page": 0}}', 'INVALID_PARAMETER', 'and hold one at least')
) as c (changes, code, says);
create function pg_temp.rule_broken(p_changes jsonb) returns text language plpgsql as $$
declare
  v_detail text;
begin
  perform pg_temp.list(p_changes);
  return null;
exception when others then
  get stacked diagnostics v_detail = pg_exception_detail;
  return concat_ws(': ', v_detail::jsonb ->> 'field', v_detail::jsonb ->> 'rule');
end $$;
select is(pg_temp.rule_broken('{"pagination": {"per_page": 51}}'), 'pagination.per_page: a whole number from 1 to 50', 'and fifty at most: the limit is named');

reset role;
select * from finish();
rollback;
