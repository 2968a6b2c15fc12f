-- What is wrong with the text of a PIX code (EMV QRCPS-MPM in the profile of the Banco Central): tags with a length and a value,
-- closed by the CRC-16/CCITT-FALSE of all before it.
-- Who: record_pix_charge. Locks: none.
create or replace function payments.br_code_problem(p_code text, p_amount bigint)
returns text
language plpgsql immutable security definer
set search_path = ''
as $$
declare
  v_fields constant jsonb := payments.emv_fields(p_code);
begin
  return case
    when p_code is null then 'is missing'
    when length(p_code) > 512 or v_fields is null or v_fields ->> '00' is distinct from '01' then 'is no BR Code'
    when p_code !~ '6304[0-9A-Fa-f]{4}$' or upper(right(p_code, 4)) <> payments.crc16(left(p_code, -4)) then 'has a wrong checksum'
    when not exists (
      select from jsonb_each_text(v_fields) as f
      where f.key between '26' and '51' and lower(payments.emv_fields(f.value) ->> '00') = 'br.gov.bcb.pix') then 'names no PIX account'
    when v_fields ->> '53' is distinct from '986' or v_fields ->> '58' is distinct from 'BR' then 'is not in BRL'
    when v_fields ->> '54' !~ '^[0-9]{1,10}(\.[0-9]{1,2})?$' or (v_fields ->> '54')::numeric * 100 <> p_amount then 'asks for another amount'
  end;
end;
$$;
comment on function payments.br_code_problem(text, bigint) is
  'Why the text of a PIX code cannot be paid, or not with this amount in cents; null where it can. A code may leave the amount to its bank.';
revoke all on function payments.br_code_problem(text, bigint) from public;
