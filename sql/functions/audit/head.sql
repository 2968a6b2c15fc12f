-- The head of a chain after one more seal: SHA-256 over the head before, what the seal says, and its digests.
-- Who: seal and verify. Locks: none.
create or replace function audit.head(
  p_previous bytea, p_city_code text, p_number bigint, p_source text, p_up_to_seq bigint, p_seqs bigint[], p_digests bytea[],
  p_sealed_at timestamptz)
returns bytea
language sql stable security invoker
set search_path = ''
as $$
  select sha256(
    coalesce(p_previous, '')
    || convert_to(jsonb_build_array(
      p_city_code, p_number, p_source, p_up_to_seq, p_seqs, extract(epoch from p_sealed_at))::text, 'UTF8')
    || (select string_agg(d.digest, '' order by d.position) from unnest(p_digests) with ordinality as d (digest, position)))
$$;
comment on function audit.head(bytea, text, bigint, text, bigint, bigint[], bytea[], timestamptz) is
  'The hash that a seal adds to its chain.';
revoke all on function audit.head(bytea, text, bigint, text, bigint, bigint[], bytea[], timestamptz) from public;
