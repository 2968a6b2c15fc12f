-- Demand that an address to which a customer's browser is sent on is one of the web: https, or http on this machine, which is for
-- developers. It names no user, and may hold {CHECKOUT_SESSION_ID}, which the provider fills in.
-- Who: functions of ours. Locks: none. Fails with: INVALID_PARAMETER.
create or replace function payments.require_page(p_field text, p_url text)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform core.require_valid(p_field,
    p_url is null
      or p_url ~ '^(https://[A-Za-z0-9.-]+|http://(localhost|127\.0\.0\.1|\[::1\]))(:[0-9]{1,5})?([/?#][!-~]*)?$' and length(p_url) <= 2000,
    'an https address of at most 2000 characters; http only for localhost');
end;
$$;
comment on function payments.require_page(text, text) is 'Raises INVALID_PARAMETER unless a browser may be sent on to the address; null is none, and fine.';
revoke all on function payments.require_page(text, text) from public;
