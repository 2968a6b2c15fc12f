-- The fields of an EMV code: two digits of tag, two of length, the value. A tag that comes twice, or a length that does not fit,
-- makes it no code.
-- Who: br_code_problem. Locks: none.
create or replace function payments.emv_fields(p_code text)
returns jsonb
language plpgsql immutable strict security definer
set search_path = ''
as $$
declare
  v_fields jsonb := jsonb_build_object();
  v_at integer := 1;
  v_tag text;
  v_length text;
begin
  while v_at <= length(p_code) loop
    v_tag := substr(p_code, v_at, 2);
    v_length := substr(p_code, v_at + 2, 2);
    if v_tag || v_length !~ '^[0-9]{4}$' or v_fields ? v_tag or v_at + 3 + v_length::integer > length(p_code) then
      return null;
    end if;
    v_fields := v_fields || jsonb_build_object(v_tag, substr(p_code, v_at + 4, v_length::integer));
    v_at := v_at + 4 + v_length::integer;
  end loop;
  return v_fields;
end;
$$;
comment on function payments.emv_fields(text) is 'The fields of an EMV code by their tags; null where it is none.';
revoke all on function payments.emv_fields(text) from public;
