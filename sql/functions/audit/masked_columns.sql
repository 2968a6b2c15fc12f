-- Columns whose values never reach the audit log.
-- Who: audit.tg__record. Locks: none.
create or replace function audit.masked_columns()
returns text[]
language sql immutable security invoker
set search_path = ''
as $$
  select array[
    'email', 'phone', 'first_name', 'last_name', 'payer_name', 'payer_document', 'payer_bank_name',
    'bank_details_encrypted', 'gateway_response', 'hold_token', 'session_id', 'session_hash', 'ip_hash', 'user_agent',
    'payload', 'response', 'recipient_email', 'recipient_phone', 'subject', 'body', 'qr_code_base64', 'qr_code_text', 'salt',
    'signature', 'metadata', 'cancellation_reason', 'reason_details', 'failure_message']
$$;
comment on function audit.masked_columns() is 'Names of columns with personal data or secrets; the audit log says that they changed, not how.';
revoke all on function audit.masked_columns() from public;
