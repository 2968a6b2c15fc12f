-- Start to pay an order by a method, or go on with the payment that is open: after a failure that is its next attempt; but a page
-- of the provider on which paying failed, or a PIX code that failed or ran out, is left for a new payment.
-- Open payments by other methods are called off.
-- Who: the customer or guest of the order. Locks: the order, what the line locks, its open payments.
-- Fails with: NOT_FOUND, FORBIDDEN, PAYMENT_ALREADY_PROCESSED (also where there is nothing to pay), what the line raises.
create or replace function payments.start_payment(
  p_booking_id uuid, p_method payments.payment_method, p_session_id text default null)
returns payments.payments
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_order payments.orders;
  v_open payments.payments;
  v_payment payments.payments;
begin
  perform core.require('booking_id', p_booking_id is not null);
  select * into v_order from payments.orders as o where o.id = p_booking_id for no key update;
  if not found then
    perform core.raise('NOT_FOUND', jsonb_build_object('booking_id', p_booking_id));
  end if;
  if not access.owns(v_order.customer_subject, v_order.session_hash, p_session_id) then
    perform core.raise('FORBIDDEN', jsonb_build_object('booking_id', p_booking_id));
  end if;
  if v_order.amount = 0
     or exists (select from payments.payments as p where p.booking_id = p_booking_id and p.amount_captured > 0)
  then
    perform core.raise('PAYMENT_ALREADY_PROCESSED', jsonb_build_object('booking_id', p_booking_id));
  end if;

  for v_open in
    select * from payments.payments as p
    where p.booking_id = p_booking_id and p.status in ('pending', 'processing', 'authorized', 'failed')
    order by p.id
    for no key update
  loop
    if v_open.method <> p_method then
      perform payments.cancel_payment(v_open, 'another method was chosen');
    elsif v_open.status = 'failed' and v_open.stripe_checkout_session_id is not null then
      perform payments.cancel_payment(v_open, 'tried again on a new page');
    elsif exists (
      select from payments.pix_charges as c
      where c.payment_id = v_open.id and (v_open.status = 'failed' or c.expires_at <= core.now()))
    then
      perform payments.cancel_payment(v_open, 'tried again with a new code');
    else
      v_payment := v_open;
    end if;
  end loop;

  if v_payment.id is null then
    insert into payments.payments
      (booking_id, city_code, method, provider, amount, currency, platform_fee, vendor_payout, description)
    values (
      p_booking_id, v_order.city_code, p_method,
      case when p_method::text like 'stripe%' then 'stripe' else replace(p_method::text, '_pix', '') end,
      v_order.amount, v_order.currency, v_order.platform_fee, v_order.amount - v_order.platform_fee, v_order.description)
    returning * into v_payment;
  elsif v_payment.status = 'failed' then
    update payments.payments as p
    set status = 'pending', attempt_no = p.attempt_no + 1, failure_code = null, failure_message = null
    where p.id = v_payment.id
    returning * into v_payment;
  end if;

  perform payments.tell_line(v_payment, 'started');
  return v_payment;
end;
$$;
comment on function payments.start_payment(uuid, payments.payment_method, text) is
  'The open payment of an order by a method, made if there is none.';
revoke all on function payments.start_payment(uuid, payments.payment_method, text) from public;
