begin;
select plan(4);

create schema toy;
create function toy.tick_clean_up(p_limit integer) returns integer language sql as 'select 0';
insert into core.modules (name, position) values ('toy', 5000);

select tests.authenticate_as_service_role();
select ok(api.jobs() @> '["core.purge_idempotency_keys", "core.bury_commands"]', 'the kernel''s jobs are there');
select is(api.jobs() ->> -1, 'toy.clean_up', 'a module''s job is found by its name, in module order');
select tests.as_staff('admin');
select throws_ok('select api.jobs()', '42501', null, 'staff may not ask');
reset role;
select is_empty(
  $$select f.label from tests.functions as f
    where f.proname like 'tick\_%' and f.module <> 'api'
      and (f.prorettype <> 'integer'::regtype or pg_get_function_identity_arguments(f.oid) <> 'p_limit integer')$$,
  'every job takes a limit and returns how many it dealt with');

select * from finish();
rollback;
