begin;
select plan(4);

create function pg_temp.user_id(p_subject text) returns uuid language plpgsql as $$
begin
  perform set_config('request.jwt.claims', jsonb_build_object('sub', p_subject)::text, true);
  return access.user_id();
end $$;

select is(access.user_id(), null, 'without a token there is no user');
select is(
  pg_temp.user_id('6F9619FF-8B86-4D01-B42D-00CF4FC964FF'), '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'::uuid,
  'a subject that is a uuid is a user id');
select is(pg_temp.user_id('user_2abc'), null, 'another subject is none');
select is(pg_temp.user_id(' 6f9619ff-8b86-4d01-b42d-00cf4fc964ff'), null, 'nor is nearly a uuid');

select * from finish();
rollback;
