begin;
select plan(4);

create schema toy;
create table toy.things (id uuid primary key default core.new_id(), size integer not null);
create table toy.heard (event jsonb);
create function toy.on_event(p_event text) returns void language sql as $$insert into toy.heard values (p_event::jsonb)$$;
insert into core.modules (name, position) values ('toy', 5000);
create trigger _910_announce after insert on toy.things for each row execute function core.tg__announce('thing_made');
create trigger _920_announce after update on toy.things for each row when (new.size > old.size) execute function core.tg__announce('thing_grew');

insert into toy.things (id, size) values (tests.id('a'), 1), (tests.id('b'), 1);
select set_eq('select event from toy.heard', $$values
  (jsonb_build_object('event', 'thing_made', 'id', tests.id('a'))), (jsonb_build_object('event', 'thing_made', 'id', tests.id('b')))$$,
  'each row is announced to whoever listens');
update toy.things set size = 0;
select is((select count(*) from toy.heard), 2::bigint, 'when, is for the trigger to say');
update toy.things set size = 1 where id = tests.id('a');
select is((select count(*) from toy.heard where event = jsonb_build_object('event', 'thing_grew', 'id', tests.id('a'))), 1::bigint, 'and what');
create function toy.on_event(p_event integer) returns void language sql as $$select 1 / 0$$;
select lives_ok($$update toy.things set size = 2$$, 'a hook takes a text');

select * from finish();
rollback;
