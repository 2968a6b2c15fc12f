begin;
select plan(4);

create schema toy;
create schema toy2;
create table toy.called (seq integer generated always as identity, module text, argument text);
create function toy.on_thing(p_argument text) returns void language sql as
  $$insert into toy.called (module, argument) values ('toy', p_argument)$$;
create function toy2.on_thing(p_argument text) returns void language sql as
  $$insert into toy.called (module, argument) values ('toy2', p_argument)$$;
insert into core.modules (name, position) values ('toy2', 5000), ('toy', 5001);

select core.call_hooks('on_thing', 'x');
select results_eq(
  'select module, argument from toy.called order by seq', $$values ('toy2', 'x'), ('toy', 'x')$$,
  'modules that have the hook are called in their order, others are not');
create or replace function toy.on_thing(p_argument text) returns void language sql as $$select core.raise('NOT_FOUND')$$;
select tests.throws_code($$select core.call_hooks('on_thing', 'x')$$, 'NOT_FOUND', 'an error of a hook is not hidden');
select lives_ok($$select core.call_hooks('on_nothing', 'x')$$, 'a hook that nobody has is no error');
select is(has_function_privilege('service_role', 'core.call_hooks(text, text)', 'execute'), false, 'only functions of ours call hooks');

select * from finish();
rollback;
