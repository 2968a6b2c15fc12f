-- Every error that callers can meet.
-- Who: core.raise, documentation. Locks: none.
create or replace function core.error_catalog()
returns table (code text, sqlstate text, message text, hint text)
language sql immutable security invoker
set search_path = ''
as $$
  values
    ('UNAUTHORIZED', 'PT401', 'Sign in first.', 'Send a valid access token.'),
    ('FORBIDDEN', 'PT403', 'The caller may not do this.', 'Use the session or account that owns the row, or a staff role of its city.'),
    ('INVALID_REQUEST', 'PT400', 'The request is malformed.', 'Compare the request with the documentation of the function.'),
    ('MISSING_REQUIRED_FIELD', 'PT400', 'A required field is missing.', 'Send the field named in the details.'),
    ('INVALID_PARAMETER', 'PT400', 'A field has a value that is not allowed.', 'Correct the field named in the details.'),
    ('NOT_FOUND', 'PT404', 'There is no such thing.', 'Check the id.'),
    ('BOOKING_INTENT_NOT_FOUND', 'PT404', 'There is no such booking intent for this session.', 'Check the id and the session id.'),
    ('BOOKING_INTENT_EXPIRED', 'PT410', 'The hold of this booking intent has run out.', 'Create a new booking intent.'),
    ('INSUFFICIENT_INVENTORY', 'PT409', 'What was asked for is not free any more.', 'Search again, or ask why with explain_unavailable.'),
    ('PRICE_CHANGED', 'PT409', 'The price is not the one the client expected.', 'Show the new total and ask again.'),
    ('INVALID_TRANSITION', 'PT409', 'This change of state is not possible now.', 'Read the current state; the details name the legal ones.'),
    ('IDEMPOTENCY_CONFLICT', 'PT409', 'This idempotency key was used for another request.', 'Use a new key for a new request.'),
    ('PAYMENT_FAILED', 'PT402', 'The payment did not succeed.', 'Try again, or use another payment method.'),
    ('PAYMENT_ALREADY_PROCESSED', 'PT409', 'This has been paid already.', 'Poll the payment status.'),
    ('AMOUNT_TOO_LARGE', 'PT409', 'More than what is left of the payment.', 'Ask for at most the amount in the details.'),
    ('DISPUTE_OPEN', 'PT409', 'The payment is disputed; refunds wait until the dispute is closed.', 'Wait for the dispute to close.'),
    ('HOST_COMMIT_FAILED', 'PT502', 'The Host did not accept the booking.', 'The payment is refunded; book something else.'),
    ('HOST_UNAVAILABLE', 'PT503', 'The Host cannot be reached.', 'Try again later.'),
    ('CANCELLATION_NOT_ALLOWED', 'PT409', 'This reservation can no longer be cancelled.', 'Contact support.'),
    ('REVIEW_NOT_ALLOWED', 'PT409', 'This stay cannot be reviewed.', 'A stay is reviewed once, after check-out.'),
    ('REFUND_FAILED', 'PT502', 'The refund did not succeed.', 'Support has been told and will refund another way.'),
    ('LEDGER_UNBALANCED', 'PT500', 'A posting does not balance.', 'Write header and entries in one statement whose debits equal its credits.'),
    ('RATE_LIMIT_EXCEEDED', 'PT429', 'Too many requests.', 'Wait before trying again.'),
    ('SERVICE_UNAVAILABLE', 'PT503', 'The service is busy.', 'Try again in a moment.'),
    ('INTERNAL_ERROR', 'PT500', 'Something went wrong on our side.', 'Report the request id.')
$$;
comment on function core.error_catalog() is 'Error codes, their SQLSTATE (the last three digits are the HTTP status), message and hint.';
revoke all on function core.error_catalog() from public;
grant execute on function core.error_catalog() to anon, authenticated, service_role;
