begin;
select plan(15);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
insert into lodging.reviews (id, city_code, property_id, overall_rating, content)
select tests.id(r.name), 'URB', tests.id('house'), r.rating, r.name from (values ('good', 5), ('fair', 4), ('poor', 2)) as r (name, rating);
create function pg_temp.moderate(p_name text, p_publish boolean default true) returns jsonb language sql volatile as
  $$select api.moderate_review(tests.id(p_name), p_publish, 'Seen.') - 'review_id'$$;

-- others
select tests.as_anon();
select throws_ok($$select pg_temp.moderate('good')$$, '42501', null, 'a guest publishes nothing');
select tests.create_supabase_user('gil'), tests.authenticate_as('gil');
select tests.throws_code($$select pg_temp.moderate('good')$$, 'FORBIDDEN', 'nor does a customer');
select tests.as_staff('agent', 'ALL');
select tests.throws_code($$select pg_temp.moderate('good')$$, 'FORBIDDEN', 'or the staff of another city');
select tests.as_staff('vendor', 'URB');
select tests.throws_code($$select pg_temp.moderate('good')$$, 'FORBIDDEN', 'or a vendor');

-- staff
select tests.as_staff('agent', 'URB');
select is(pg_temp.moderate('good'), '{"is_published": true, "moderated_at": "2030-05-01T12:00:00+00:00"}', 'an agent of the city publishes a review');
select is(pg_temp.moderate('good'), pg_temp.moderate('good'), 'once or twice');
select tests.throws_code($$select api.moderate_review(tests.id('none'), true)$$, 'NOT_FOUND', 'if there is one');
select tests.throws_code($$select api.moderate_review(tests.id('good'))$$, 'MISSING_REQUIRED_FIELD', 'and a decision');
select tests.throws_code($$select api.moderate_review(p_publish => true)$$, 'MISSING_REQUIRED_FIELD', 'on some review');
select tests.throws_code($$select api.moderate_review(tests.id('good'), true, repeat('x', 2001))$$, 'INVALID_PARAMETER', 'with a note that is short');
select tests.as_anon();
select results_eq('select r.content, r.overall_rating from api.reviews as r', $$values ('good', 5)$$, 'everybody sees what is published');
select throws_ok('select r.moderation_notes from lodging.reviews as r', '42501', null, 'not what is noted about it');
reset role;
select is((select r.moderated_by from lodging.reviews as r where r.id = tests.id('good')), tests.get_supabase_uid('agent_URB'), 'who decided is kept');
select is(
  (select a.metadata -> 'is_published' from audit.audit_logs as a where a.event_type = 'review.updated' and a.entity_id = tests.id('good') order by a.id limit 1),
  '[false, true]', 'and recorded');
select results_eq('select p.rating, p.review_count from lodging.properties_map as p', $$values (5.00, 1)$$, 'the property is rated by it');

select * from finish();
rollback;
