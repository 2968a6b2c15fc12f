begin;
select plan(4);

create temporary table notes (id integer, body text, updated_at timestamptz not null default '2000-01-01');
create trigger _110_stamp_updated before update on notes for each row execute function core.tg__stamp_updated();
insert into notes (id, body) values (1, 'a'), (2, 'b');

update notes set body = 'c' where id = 1;
select ok((select updated_at > now() from notes where id = 1), 'a changed row is stamped with the time of the change');
select is((select updated_at from notes where id = 2), '2000-01-01'::timestamptz, 'another row is not');
update notes set updated_at = '1999-01-01' where id = 2;
select ok((select updated_at > now() from notes where id = 2), 'no writer chooses the stamp');
update core.settings set value = '48' where key = 'idempotency_hours';
select ok((select updated_at > now() from core.settings where key = 'idempotency_hours'), 'settings are stamped');

select * from finish();
rollback;
