-- Assertions that pgTAP does not have.

--- The statement fails with this error code of ours: SQLSTATE of class PT, the code in the JSON of DETAIL.
create or replace function tests.throws_code(sql text, code text, description text default null)
returns text language plpgsql volatile as $$
declare
  v_description text := coalesce(throws_code.description, 'throws ' || throws_code.code);
  v_caught text := 'nothing';
  v_state text;
  v_message text;
  v_detail text;
begin
  begin
    execute throws_code.sql;
  exception when others then
    get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_detail = pg_exception_detail;
    v_caught := format('%s: %s %s', v_state, v_message, v_detail);
  end;
  if v_state like 'PT%' and v_detail like '{%' and v_detail::jsonb ->> 'code' = throws_code.code then
    return pass(v_description);
  end if;
  return concat_ws(
    e'\n', fail(v_description), diag('    caught: ' || v_caught), diag('    wanted: ' || throws_code.code));
end $$;

--- Row-level security is switched on for every table of a schema.
create or replace function tests.rls_enabled(testing_schema text)
returns text language sql stable as $$
  select is_empty(
    format(
      'select relname from pg_class where relnamespace = %L::regnamespace and relkind in (''r'', ''p'')'
      || ' and not relrowsecurity order by relname', rls_enabled.testing_schema),
    format('every table of %s has row-level security', rls_enabled.testing_schema))
$$;

--- Row-level security is switched on for one table.
create or replace function tests.rls_enabled(testing_schema text, testing_table text)
returns text language sql stable as $$
  select ok(
    (select relrowsecurity from pg_class
     where oid = format('%I.%I', rls_enabled.testing_schema, rls_enabled.testing_table)::regclass),
    format('%s.%s has row-level security', rls_enabled.testing_schema, rls_enabled.testing_table))
$$;

--- finish() for runners that do not check deferred constraints themselves, such as pg_prove.
create or replace function tests.finish()
returns setof text language plpgsql volatile as $$
begin
  set constraints all immediate;
  return query select * from finish();
end $$;

grant execute on all functions in schema tests to anon, authenticated, service_role;
