begin;
select plan(1);

create temporary table things (id integer, status text, status_changed_at timestamptz);
create trigger _100_stamp_status before update of status on things for each row
  when (old.status is distinct from new.status) execute function core.tg__stamp_status();
insert into things values (1, 'new', '2000-01-01'), (2, 'new', '2000-01-01');

select tests.freeze_time('2026-05-01 12:00+00');
update things set status = 'old' where id = 1;
update things set status = 'new' where id = 2;
select results_eq(
  'select id, status_changed_at from things order by id',
  $$values (1, '2026-05-01 12:00+00'::timestamptz), (2, '2000-01-01'::timestamptz)$$,
  'a status that changes is stamped with business time, one that stays is not');

select * from finish();
rollback;
