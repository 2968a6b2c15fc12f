-- What is sealed: every audit row, and every transaction with its entries, with a digest of all that may never change of it.
-- Digests are the same on every server and after a dump and restore: nothing in them depends on settings, and times are
-- numbers. So values of their enums keep their names for ever. Of actor_id, which goes with its user, they say that it is
-- no other than the subject; created_by is left out.
create or replace view audit.records with (security_invoker = true) as
select 'audit_logs' as source, l.seq, coalesce(l.city_code, 'ALL') as city_code, l.id,
  sha256(convert_to(jsonb_build_array(
    l.id, l.seq, l.event_type, l.entity_type, l.entity_id, l.actor_id is null or l.actor_id::text = lower(l.actor_subject),
    l.actor_subject, l.actor_type, l.city_code, l.request_id, l.metadata, l.stripe_event_id,
    extract(epoch from l.created_at))::text, 'UTF8')) as digest
from audit.audit_logs as l
union all
select 'ledger_transactions', t.seq, t.city_code, t.id,
  sha256(convert_to(jsonb_build_array(
    t.id, t.seq, t.xid::text, extract(epoch from t.started_at), t.type, t.city_code, t.booking_id, t.idempotency_key,
    extract(epoch from t.event_at), extract(epoch from t.created_at), t.metadata, (
      select jsonb_agg(jsonb_build_array(
        e.id, e.seq, e.city_code, e.entity_type, e.booking_id, e.listing_id, e.payment_id, e.entry_type, e.account, e.direction,
        e.amount, e.currency, e.counterparty_type, e.counterparty_id, e.description, e.metadata,
        extract(epoch from e.created_at)) order by e.id)
      from ledger.ledger_entries as e
      where e.transaction_id = t.id))::text, 'UTF8'))
from ledger.ledger_transactions as t;
comment on view audit.records is 'Audit rows and transactions, as they are sealed.';
revoke all on audit.records from public, anon, authenticated, service_role;
