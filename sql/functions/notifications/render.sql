-- Fill a template's placeholders {{name}} with facts, in one pass: what looks like a placeholder inside a fact stays text.
-- Who: enqueue. Locks: none.
create or replace function notifications.render(p_template text, p_facts jsonb, p_locale text)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_texts constant text[] := regexp_split_to_array(p_template, '\{\{ *\w+ *\}\}');
  v_names constant text[] := notifications.placeholders(p_template);
begin
  return (
    select string_agg(v_texts[i] || coalesce(notifications.display(p_facts -> v_names[i], p_locale), ''), '' order by i)
    from generate_subscripts(v_texts, 1) as i);
end;
$$;
comment on function notifications.render(text, jsonb, text) is 'A template with its placeholders filled, null for none.';
revoke all on function notifications.render(text, jsonb, text) from public;
