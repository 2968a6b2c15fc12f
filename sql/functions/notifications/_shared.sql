-- A fact as a reader of that language expects it: {"amount", "currency"} as money, an ISO date as a date, all else as it is.
-- Who: render. Locks: none.
create or replace function notifications.display(p_fact jsonb, p_locale text)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_is_english constant boolean := p_locale like 'en%';
  v_text constant text := p_fact #>> '{}';
  v_exponent smallint;
  v_amount text;
begin
  if jsonb_typeof(p_fact) = 'object' and p_fact ? 'amount' then
    select c.exponent into strict v_exponent from core.currencies as c where c.code = p_fact ->> 'currency';
    v_amount := to_char((p_fact ->> 'amount')::numeric / 10::numeric ^ v_exponent,
      'FM999,999,999,999,990' || case when v_exponent > 0 then '.' || repeat('0', v_exponent) else '' end);
    return (p_fact ->> 'currency') || ' ' || case when v_is_english then v_amount else translate(v_amount, ',.', '.,') end;
  end if;
  if jsonb_typeof(p_fact) = 'string' and v_text ~ '^\d{4}-\d{2}-\d{2}$' then
    return to_char(v_text::date, case when v_is_english then 'FMDD Mon YYYY' else 'DD/MM/YYYY' end);
  end if;
  return v_text;
end;
$$;
comment on function notifications.display(jsonb, text) is 'A fact as text for readers of a locale.';
revoke all on function notifications.display(jsonb, text) from public;

-- The placeholders {{name}} of a template, in order.
-- Who: render, enqueue. Locks: none.
create or replace function notifications.placeholders(p_template text)
returns text[]
language sql immutable security invoker
set search_path = ''
as $$
  select coalesce(array_agg(m.match[1] order by m.position), '{}')
  from regexp_matches(p_template, '\{\{ *(\w+) *\}\}', 'g') with ordinality as m (match, position)
$$;
comment on function notifications.placeholders(text) is 'Names of the facts that a template needs.';
revoke all on function notifications.placeholders(text) from public;
