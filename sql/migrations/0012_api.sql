create schema api;
comment on schema api is 'What clients call. Everything else is out of their reach.';
grant usage on schema api to anon, authenticated, service_role;

insert into core.modules (name, position) values ('api', 900);
