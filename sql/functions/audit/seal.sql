-- Seal what was marked: the next records of the audit log and of the books become one more link in the chain of each city,
-- and the new heads leave through the outbox, so that nobody can cut or rewrite a chain unseen.
-- Who: tick_seal. Locks: none that writers know; one at a time, a second call does nothing.
create or replace function audit.seal(p_limit integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_now constant timestamptz := clock_timestamp();
  v_source text;
  v_mark bigint;
  v_after bigint;
  v_up_to bigint;
  v_new record;
  v_sealed integer := 0;
  v_heads jsonb := '[]'::jsonb;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('audit.seal', 0)) then
    return 0;
  end if;

  for v_source, v_mark in
    select s.source, s.mark
    from (select * from audit.marks as m order by m.audit_seq desc limit 1) as m
    cross join lateral (values ('audit_logs', m.audit_seq), ('ledger_transactions', m.ledger_seq)) as s (source, mark)
  loop
    v_after := coalesce((select max(s.up_to_seq) from audit.seals as s where s.source = v_source), 0);
    select max(r.seq) into v_up_to
    from (
      select r.seq from audit.records as r
      where r.source = v_source and r.seq > v_after and r.seq <= v_mark
      order by r.seq
      limit p_limit) as r;

    with batch as (
      select r.city_code, array_agg(r.seq order by r.seq) as seqs, array_agg(r.digest order by r.seq) as digests
      from audit.records as r
      where r.source = v_source and r.seq > v_after and r.seq <= v_up_to
      group by r.city_code
    ), sealed as (
      insert into audit.seals as s (city_code, number, source, up_to_seq, seqs, digests, sealed_at, head)
      select b.city_code, coalesce(p.number, 0) + 1, v_source, v_up_to, b.seqs, b.digests, v_now,
        audit.head(p.head, b.city_code, coalesce(p.number, 0) + 1, v_source, v_up_to, b.seqs, b.digests, v_now)
      from batch as b
      left join lateral (
        select s.number, s.head from audit.seals as s where s.city_code = b.city_code order by s.number desc limit 1) as p on true
      returning s.city_code, s.number, s.head, s.seqs
    )
    select coalesce(sum(cardinality(s.seqs)), 0) as records, coalesce(jsonb_agg(jsonb_build_object(
        'city_code', s.city_code, 'number', s.number, 'head', encode(s.head, 'hex')) order by s.city_code), '[]') as heads
    into v_new
    from sealed as s;
    v_sealed := v_sealed + v_new.records;
    v_heads := v_heads || v_new.heads;
  end loop;

  if v_sealed > 0 then
    perform core.enqueue_command('audit.publish_heads', 'audit.heads', 'ALL', null,
      jsonb_build_object('sealed_at', v_now, 'heads', v_heads));
  end if;
  return v_sealed;
end;
$$;
comment on function audit.seal(integer) is
  'Seals at most so many rows of the audit log, and as many transactions, up to the last mark; returns how many.';
revoke all on function audit.seal(integer) from public;
