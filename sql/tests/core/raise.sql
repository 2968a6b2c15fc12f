begin;
select plan(8);

create function pg_temp.caught(p_sql text) returns jsonb language plpgsql as $$
declare
  v_state text;
  v_message text;
  v_detail text;
  v_hint text;
begin
  execute p_sql;
  return null;
exception when others then
  get stacked diagnostics
    v_state = returned_sqlstate, v_message = message_text, v_detail = pg_exception_detail, v_hint = pg_exception_hint;
  return jsonb_build_object('state', v_state, 'message', v_message, 'detail', v_detail::jsonb, 'hint', v_hint);
end $$;

select is(
  pg_temp.caught($$select core.raise('NOT_FOUND', '{"thing": 7}')$$),
  '{"state": "PT404", "message": "There is no such thing.", "detail": {"code": "NOT_FOUND", "thing": 7}, "hint": "Check the id."}'::jsonb,
  'an error carries state, message, code with facts, and hint');
select is(
  pg_temp.caught($$select core.raise('NOT_FOUND', '{"code": "OTHER"}')$$) #>> '{detail,code}', 'NOT_FOUND',
  'facts cannot replace the code');
select is(
  pg_temp.caught($$select core.raise('NOT_FOUND', null)$$) -> 'detail', '{"code": "NOT_FOUND"}'::jsonb,
  'an error without facts still names its code');
select is(
  pg_temp.caught($$select core.raise('NO_SUCH_CODE')$$) -> 'detail',
  '{"code": "INTERNAL_ERROR", "unknown_code": "NO_SUCH_CODE"}'::jsonb,
  'an unknown code is an internal error that names it');
select is(
  pg_temp.caught($$select core.raise(null)$$) #>> '{detail,code}', 'INTERNAL_ERROR',
  'so is no code at all');
select is_empty(
  $$select c.code from core.error_catalog() as c
    where pg_temp.caught(format('select core.raise(%L)', c.code)) -> 'detail' <> jsonb_build_object('code', c.code)
      or pg_temp.caught(format('select core.raise(%L)', c.code)) ->> 'state' <> c.sqlstate$$,
  'every code of the catalog can be raised');
select is(
  has_function_privilege('anon', 'core.raise(text, jsonb)', 'execute'), false,
  'guests cannot raise errors of ours');
select is(
  has_function_privilege('service_role', 'core.raise(text, jsonb)', 'execute'), false,
  'nor can the system: functions of ours do');

select * from finish();
rollback;
