begin;
select plan(17);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
select tests.hold('ana', 'family', 10, 3, '{"adults": 2, "children": 1}', '{"first_name": "Ana", "email": "ana@mail.example"}');
select tests.pay_stay('ana');
select tests.hold('bia', 'family', 10, 3), tests.pay_stay('bia');
create table pg_temp.codes as
select n.name, (tests.stay(n.name)).confirmation_code as code, (tests.stay(n.name)).id from unnest(array['ana', 'bia']) as n (name);
grant select on pg_temp.codes to public;
create function pg_temp.code(p_name text) returns text language sql as $$select c.code from pg_temp.codes as c where c.name = p_name$$;

select tests.as_anon();
select is(api.get_reservation(pg_temp.code('ana'), 'ana@mail.example') - array['reservation_id', 'confirmation_code', 'property', 'unit', 'booked_at'],
  '{"city_code": "URB", "status": "host_commit_pending", "payment_status": "paid", "cancellation_reason": null, "check_in": "2030-05-11",
    "check_in_time": "14:00", "check_out": "2030-05-14", "check_out_time": "11:00", "timezone": "America/Sao_Paulo",
    "guests": {"adults": 2, "children": 1, "infants": 0}, "total_amount": 45000, "currency": "BRL", "refunded_amount": 0}',
  'a guest reads a stay by its code and the address given');
select is(api.get_reservation(pg_temp.code('ana'), 'ana@mail.example') #>> '{property,slug}', 'house', 'and where it is');
select is(api.get_reservation(lower(' ' || pg_temp.code('ana')), ' ANA@mail.example ') -> 'reservation_id', to_jsonb((select c.id from pg_temp.codes as c where c.name = 'ana')),
  'as people type it');
select is(api.get_reservation(pg_temp.code('bia'), p_session_id => tests.session('bia')) ->> 'confirmation_code', pg_temp.code('bia'),
  'or by the session that booked it');
select tests.throws_code($$select api.get_reservation(pg_temp.code('ana'))$$, 'NOT_FOUND', 'the code alone proves nothing');
select tests.throws_code($$select api.get_reservation(pg_temp.code('ana'), 'bia@mail.example')$$, 'NOT_FOUND', 'nor with another''s address');
select tests.throws_code($$select api.get_reservation(pg_temp.code('ana'), p_session_id => tests.session('bia'))$$, 'NOT_FOUND', 'nor with another''s session');
select tests.throws_code($$select api.get_reservation(pg_temp.code('bia'), '')$$, 'NOT_FOUND', 'who gave no address has none to be known by');
select tests.throws_code($$select api.get_reservation('RES-2030-000000', 'ana@mail.example')$$, 'NOT_FOUND', 'the address alone neither');
select tests.throws_code($$select api.get_reservation(null, 'ana@mail.example')$$, 'MISSING_REQUIRED_FIELD', 'a code is needed');
select tests.throws_code($$select api.get_reservation(pg_temp.code('ana'), p_session_id => 'short')$$, 'INVALID_PARAMETER', 'a session is one');
select tests.as_anon(tests.session('bia'));
select is(api.get_reservation(pg_temp.code('bia')) ->> 'confirmation_code', pg_temp.code('bia'), 'the session may be in the header');
reset role;

-- lodging.owned_properties, api.properties
select tests.create_supabase_user('olga'), tests.create_supabase_user('paul');
insert into payments.payees (id, kind, city_code, name) select tests.id(n), 'owner', 'URB', n from unnest(array['olga', 'paul']) as n;
insert into lodging.property_owners (id, city_code, email, auth_user_id)
select tests.id(n), 'URB', n || '@mail.example', tests.get_supabase_uid(n) from unnest(array['olga', 'paul']) as n;
insert into lodging.property_owner_mappings (property_id, owner_id, ownership_percentage) values (tests.id('house'), tests.id('olga'), 100);
select tests.authenticate_as('olga');
select results_eq('select p.slug from api.properties as p', $$values ('house')$$, 'an owner sees her property');
select is((select count(*) from api.reservations), 2::bigint, 'and the stays there');
select tests.authenticate_as('paul');
select is((select count(*) from api.properties) + (select count(*) from api.reservations), 0::bigint, 'not those of another');
select tests.as_staff('agent', 'URB');
select is((select count(*) from api.properties), 1::bigint, 'staff see those of their city');
select tests.as_anon();
select throws_ok('select from api.properties', '42501', null, 'guests use the list');
reset role;

set constraints all immediate;
select * from finish();
rollback;
