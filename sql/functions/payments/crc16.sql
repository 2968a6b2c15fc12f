-- CRC-16/CCITT-FALSE: polynomial 1021, from FFFF.
-- Who: br_code_problem. Locks: none.
create or replace function payments.crc16(p_text text)
returns text
language plpgsql immutable strict security definer
set search_path = ''
as $$
declare
  v_bytes constant bytea := convert_to(p_text, 'UTF8');
  v_crc integer := 65535;
begin
  for v_byte in 0 .. length(v_bytes) - 1 loop
    v_crc := v_crc # (get_byte(v_bytes, v_byte) << 8);
    for v_bit in 1 .. 8 loop
      v_crc := case when v_crc & 32768 = 0 then v_crc << 1 else (v_crc << 1) # 4129 end & 65535;
    end loop;
  end loop;
  return upper(lpad(to_hex(v_crc), 4, '0'));
end;
$$;
comment on function payments.crc16(text) is 'The checksum of a text as four hexadecimal digits.';
revoke all on function payments.crc16(text) from public;
