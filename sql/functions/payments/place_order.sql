-- Place an order: what a product line's booking is paid through. The booking takes the same id.
-- Who: product lines, which have checked the caller. Locks: none.
-- Fails with: MISSING_REQUIRED_FIELD; 23503 or 23514 where the line breaks a rule of the table.
create or replace function payments.place_order(
  p_id uuid, p_product_line text, p_listing_id uuid, p_payee_id uuid, p_customer_subject text, p_session_hash text,
  p_city_code text, p_amount bigint, p_platform_fee bigint, p_currency text, p_description text,
  p_policy_snapshot jsonb, p_attribution jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform core.require('session_id', p_customer_subject is not null or p_session_hash is not null);
  insert into payments.orders
    (id, product_line, listing_id, payee_id, customer_subject, session_hash, city_code, amount, platform_fee, currency,
     description, policy_snapshot, attribution)
  values
    (p_id, p_product_line, p_listing_id, p_payee_id, p_customer_subject, p_session_hash, p_city_code, p_amount, p_platform_fee,
     upper(p_currency), p_description, coalesce(p_policy_snapshot, '{}'), coalesce(p_attribution, '{}'));
end;
$$;
comment on function payments.place_order(uuid, text, uuid, uuid, text, text, text, bigint, bigint, text, text, jsonb, jsonb) is
  'Adds the order of a booking: who pays how much, in minor units, for what, on which terms.';
revoke all on function payments.place_order(uuid, text, uuid, uuid, text, text, text, bigint, bigint, text, text, jsonb, jsonb) from public;
