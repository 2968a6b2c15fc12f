begin;
select plan(5);

select tests.create_lodging();
select tests.create_payee('ana'), tests.create_payee('bia');
insert into lodging.property_owners (id, city_code, email) values (tests.id('ana'), 'URB', 'ana@test.com'), (tests.id('bia'), 'URB', 'bia@test.com');
create function pg_temp.own(name text, percentage numeric) returns void language sql as $$
  insert into lodging.property_owner_mappings (property_id, owner_id, ownership_percentage)
  values (tests.id('house'), tests.id(own.name), own.percentage)
  on conflict (property_id, owner_id) do update set ownership_percentage = excluded.ownership_percentage
$$;
create function pg_temp.leave(name text) returns void language sql as $$
  delete from lodging.property_owner_mappings as m where m.owner_id = tests.id(leave.name)
$$;
create function pg_temp.commit() returns void language plpgsql as $$
begin
  set constraints all immediate;
  set constraints all deferred;
end $$;

-- lodging.tg_property_owner_mappings__add_up
select lives_ok($$select pg_temp.own('ana', 60), pg_temp.own('bia', 40), pg_temp.commit()$$, 'owners own all of a property together');
select lives_ok($$select pg_temp.own('ana', 33.34), pg_temp.own('bia', 66.66), pg_temp.commit()$$, 'as it is at the end');
select tests.throws_code($$select pg_temp.own('ana', 33.33), pg_temp.commit()$$, 'INVALID_PARAMETER', 'not less');
select tests.throws_code($$select pg_temp.leave('bia'), pg_temp.commit()$$, 'INVALID_PARAMETER', 'nor a part without its owner');
delete from lodging.property_owner_mappings;
select lives_ok($$select pg_temp.commit()$$, 'or it has no owner');

select * from finish();
rollback;
