begin;
select plan(9);

select tests.freeze_time('2030-05-01 12:00+00');
select tests.create_lodging();
insert into lodging.rate_plans (id, property_id, code, name, is_active) values
  (tests.id('plan'), tests.id('house'), 'STD', 'Standard', true), (tests.id('old plan'), tests.id('house'), 'OLD', 'Old', false);
create function pg_temp.fits(p_adults integer, p_children integer, p_plan text default null) returns void language sql as
  $$select lodging.require_fitting_unit('URB', tests.id('house'), tests.id('family'), tests.id(p_plan), p_adults, p_children)$$;

select lives_ok('select pg_temp.fits(3, 1)', 'a full unit is not too full');
select lives_ok('select pg_temp.fits(2, 2)', 'with as many children as it takes');
select lives_ok($$select pg_temp.fits(1, 0, 'plan')$$, 'on a plan of its property');
select tests.throws_code('select pg_temp.fits(4, 0)', 'INVALID_PARAMETER', 'adults have a limit');
select tests.throws_code('select pg_temp.fits(1, 3)', 'INVALID_PARAMETER', 'children have theirs');
select tests.throws_code('select pg_temp.fits(3, 2)', 'INVALID_PARAMETER', 'and the beds');
select tests.throws_code($$select pg_temp.fits(1, 0, 'old plan')$$, 'INVALID_PARAMETER', 'a plan may be over');
select tests.throws_code($$select lodging.require_fitting_unit('URB', tests.id('x'), tests.id('family'), null, 1, 0)$$, 'INVALID_PARAMETER', 'unit and property must agree');
select tests.throws_code($$select lodging.require_fitting_unit('ALL', tests.id('house'), tests.id('family'), null, 1, 0)$$, 'INVALID_PARAMETER', 'and the city');

select * from finish();
rollback;
