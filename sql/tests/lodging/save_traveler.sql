begin;
select plan(17);

select tests.create_supabase_user('gil');
create function pg_temp.save(p_traveler jsonb, p_id uuid default null) returns uuid language sql as $$select lodging.save_traveler(p_traveler, p_id)$$;
create function pg_temp.names() returns text language sql as $$select string_agg(concat_ws(' ', t.first_name, t.last_name, t.email, t.phone), ', ' order by t.created_at) from lodging.travelers as t$$;
create temp table ids (name text, id uuid);

insert into ids values ('guest', pg_temp.save('{"first_name": " Ana ", "phone": " 123 "}'));
select is(pg_temp.names(), 'Ana 123', 'names lose their margins');
select is(pg_temp.save('{"last_name": "Silva", "first_name": null}', id), id, 'a guest''s row is kept') from ids;
select is(pg_temp.names(), 'Ana Silva 123', 'and what is not sent, too');
select isnt(pg_temp.save('{"first_name": "Bia"}'), id, 'another guest is another row') from ids;
select tests.throws_code(format('select lodging.save_traveler(%L)', c), 'INVALID_PARAMETER', 'not a traveler: ' || c)
from unnest(array['"Ana"', '[]', '{"email": "x"}', '{"email": "a b@c.d"}', '{"phone": 5}', '{"first_name": ""}', '{"id": "1"}']) as c;
select tests.throws_code(format('select lodging.save_traveler(%L)', jsonb_build_object('first_name', repeat('x', 201))), 'INVALID_PARAMETER', 'nobody''s name is that long');

-- the direct login of this test acts with the claims of a signed-in customer
select set_config('request.jwt.claims', jsonb_build_object('sub', tests.get_supabase_uid('gil'))::text, true);
insert into ids values ('customer', pg_temp.save('{"first_name": "Gil"}'));
select is(pg_temp.save('{"email": "gil@mail.example"}', (select id from ids where name = 'guest')), id, 'a customer is found by his user id, whatever the booking had') from ids where name = 'customer';
select is(pg_temp.names(), 'Ana Silva 123, Bia, Gil gil@mail.example', 'the guest''s row is left alone');
select set_config('request.jwt.claims', '{}', true);
select isnt(pg_temp.save('{"first_name": "Eve"}', id), id, 'and nobody else writes the customer''s') from ids where name = 'customer';

-- a subject that looks like a user id, of another identity provider, or of a user who is gone
select set_config('request.jwt.claims', jsonb_build_object('sub', gen_random_uuid())::text, true);
select isnt(pg_temp.save('{"first_name": "Kim"}'), null, 'who is no user of auth.users stays as well');
select is((select t.auth_user_id from lodging.travelers as t where t.first_name = 'Kim'), null, 'and has a row as a guest has');

select * from finish();
rollback;
