-- Compare audit log and books with what was sealed of them, and every chain with itself and with heads that were published.
-- Faults, the first ones first (at most 100): seal_missing, seal_edited; edited, missing, inserted (a record); head_unknown (a
-- head that was published and is in no chain: the tail was cut, or all of it rewritten).
-- p_heads: in hexadecimal.
-- Who: the system. Locks: none. Fails with: FORBIDDEN.
create or replace function audit.verify(p_heads text[] default '{}')
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform access.require_service();
  return (
    with chain as (
      select s.*, lag(s.number, 1, 0::bigint) over of_city as previous_number, lag(s.head) over of_city as previous_head
      from audit.seals as s
      window of_city as (partition by s.city_code order by s.number)
    ), reached as (
      select s.source, max(s.up_to_seq) as seq from audit.seals as s group by s.source
    ), sealed as (
      select s.source, d.seq, d.digest, s.city_code, s.number
      from audit.seals as s
      cross join lateral unnest(s.seqs, s.digests) as d (seq, digest)
    ), present as (
      select r.* from audit.records as r join reached as e on e.source = r.source and r.seq <= e.seq
    ), faults (kind, fault, source, seq, id, city_code, seal) as (
      select 1, case when c.number = c.previous_number + 1 then 'seal_edited' else 'seal_missing' end, null, null, null,
        c.city_code, case when c.number = c.previous_number + 1 then c.number else c.previous_number + 1 end
      from chain as c
      where c.number <> c.previous_number + 1 or c.head <> audit.head(
        c.previous_head, c.city_code, c.number, c.source, c.up_to_seq, c.seqs, c.digests, c.sealed_at)
      union all
      select 2, case when p.seq is null then 'missing' when s.seq is null then 'inserted' else 'edited' end,
        coalesce(s.source, p.source), coalesce(s.seq, p.seq), p.id, coalesce(s.city_code, p.city_code), s.number
      from sealed as s
      full join present as p on p.source = s.source and p.seq = s.seq
      where p.digest is distinct from s.digest
    ), first_faults as (
      select * from faults as f order by f.kind, f.source, f.seq, f.city_code, f.seal limit 100
    ), unknown as (
      select h.head from unnest(p_heads) as h (head)
      where not exists (select from audit.seals as s where s.head = decode(h.head, 'hex'))
    )
    select jsonb_build_object(
      'ok', not exists (select from faults) and not exists (select from unknown),
      'sealed', (select count(*) from sealed),
      'not_yet_sealed', (
        select count(*) from audit.records as r left join reached as e on e.source = r.source where r.seq > coalesce(e.seq, 0)),
      'heads', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'city_code', c.city_code, 'number', c.number, 'head', encode(c.head, 'hex')) order by c.city_code), '[]')
        from (select distinct on (c.city_code) * from chain as c order by c.city_code, c.number desc) as c),
      'faults', (
        select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
          'fault', f.fault, 'source', f.source, 'seq', f.seq, 'id', f.id, 'city_code', f.city_code, 'seal', f.seal))
          order by f.kind, f.source, f.seq, f.city_code, f.seal), '[]')
        from first_faults as f)
        || (select coalesce(jsonb_agg(jsonb_build_object('fault', 'head_unknown', 'head', u.head)), '[]') from unknown as u)));
end;
$$;
comment on function audit.verify(text[]) is
  'Whether audit log and books are as they were sealed, what is not, and the head of each city''s chain.';
revoke all on function audit.verify(text[]) from public;
