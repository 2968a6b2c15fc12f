begin;
select plan(4);

select is(access.analytics_session(null), null, 'whoever has no session has no name among analytics');
select is(
  access.analytics_session(access.session_hash('a session of Ana')), access.analytics_session(access.session_hash('a session of Ana')),
  'a session has always the same name');
select isnt(access.analytics_session(access.session_hash('a session of Ana')), access.session_hash('a session of Ana'), 'which is not what orders keep of it');
select tests.as_anon(access.analytics_session('a session of Ana'));
select throws_ok($$select access.analytics_session('x')$$, '42501', null, 'clients do not ask for it');

select * from finish();
rollback;
