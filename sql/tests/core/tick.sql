begin;
select plan(10);

create schema toy;
create function toy.tick_count(p_limit integer) returns integer language sql as 'select p_limit';
insert into core.modules (name, position) values ('toy', 5000);

select tests.authenticate_as_service_role();
select is(api.tick('toy.count', 7), '{"job": "toy.count", "done": 7}', 'a job is run over at most so many rows');
select is(api.tick('toy.count') -> 'done', '100', 'a hundred, unless told otherwise');
select tests.throws_code($$select api.tick('toy.nothing')$$, 'INVALID_PARAMETER', 'an unknown job is refused');
select tests.throws_code($$select api.tick('pg_catalog.count')$$, 'INVALID_PARAMETER', 'so is a function that is no job');
select tests.throws_code($$select api.tick(null)$$, 'MISSING_REQUIRED_FIELD', 'and none');
select tests.throws_code($$select api.tick('toy.count', 0)$$, 'INVALID_PARAMETER', 'and no rows');
select tests.throws_code($$select api.tick('toy.count', null)$$, 'INVALID_PARAMETER', 'or any number of them');
select tests.as_staff('admin');
select throws_ok($$select api.tick('toy.count')$$, '42501', null, 'staff may not run jobs');
select tests.as_anon();
select throws_ok($$select api.tick('toy.count')$$, '42501', null, 'guests may not');
reset role;
select is(core.tick('toy.count', 1) -> 'done', '1', 'a scheduler in the database may');

select * from finish();
rollback;
